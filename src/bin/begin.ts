import { parseArgs } from "node:util";
import { Failure, mistakesIn, reasonOf } from "../core/failure.ts";
import { type Log, logTo } from "../core/log.ts";

/** Whether systemd keeps what goes to standard error, see systemd.exec(5). */
export const underSystemd = process.env["JOURNAL_STREAM"] !== undefined;

/** Runs a process of ours and gives it its log. A `Failure` ends it, with what is wrong and the next step; a bug of ours crashes. */
export async function begin(name: string, run: (log: Log) => Promise<void>): Promise<void> {
  const log = logTo(name, (text) => process.stderr.write(text), underSystemd);
  try {
    await run(log);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    for (const { message, hint } of mistakesIn(thrown)) {
      log.error(message);
      if (hint) log.error(`hint: ${hint}`);
    }
    process.exit(thrown.exitCode);
  }
}

/** What `--root DIR` says, "/" without it. Throws a `Failure` for anything else on the command line. */
export function rootFrom(name: string): string {
  try {
    return parseArgs({ options: { root: { type: "string", default: "/" } } }).values.root;
  } catch (thrown) {
    throw new Failure(reasonOf(thrown), { hint: `usage: ${name} [--root DIR]`, exitCode: 64 });
  }
}
