import { Failure } from "../../core/failure.ts";
import type { Run } from "../doctor/machine.ts";

/** What the program printed. Throws a `Failure` where it fails. */
export async function mustRun(run: Run, program: string, ...args: string[]): Promise<string> {
  const ran = await run(program, ...args);
  if (ran.ok) return ran.output;
  throw new Failure(`${program} ${args.join(" ")}: ${ran.reason}`, { exitCode: 69 });
}

export function unsafe(text: string): Failure {
  return new Failure(text, { hint: "nothing was attacked", exitCode: 69 });
}
