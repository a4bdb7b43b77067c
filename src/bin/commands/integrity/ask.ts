import { connect } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Failure, reasonOf } from "../../../core/failure.ts";
import { AnswerLine, type Request } from "../../../integrity/serve/request.ts";
import { type Context, needRoot } from "../command.ts";

/** How the process ends its answer. */
type Facts = Readonly<Record<string, unknown>>;

/**
 * Asks the integrity process: gives each row to `take` and returns the facts at the end. Throws a `Failure` where it is not
 * there (exit code 69) or refuses.
 */
export async function ask(
  context: Context,
  request: Request,
  take: (row: unknown) => void = () => {},
): Promise<Facts> {
  needRoot(context, "ask about the integrity of files");
  const socket = connect(context.paths.integritySocket);
  const failed = new Promise<never>((_, reject) => {
    socket.once("error", (error) => reject(away(reasonOf(error))));
  });
  const answered = (async () => {
    const lines = createInterface({ input: socket });
    lines.on("error", () => {});
    socket.once("close", () => lines.close());
    for await (const line of lines) {
      const said = AnswerLine.parse(JSON.parse(line));
      if ("row" in said) take(said.row);
      else if (said.ok) return said.facts;
      else throw new Failure(said.problem, { ...(said.hint && { hint: said.hint }), exitCode: 1 });
    }
    throw away("it ended the connection");
  })();
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    return await Promise.race([answered, failed]);
  } finally {
    socket.destroy();
  }
}

function away(reason: string): Failure {
  return new Failure(`the integrity process does not answer: ${reason}`, {
    hint: "systemctl status stockade-integrity says why; <syscheck><disabled>yes</disabled> switches it off",
    exitCode: 69,
  });
}

/** A path of the command line as the file system has it: absolute, each byte a character. */
export function bytePath(given: string): string {
  return Buffer.from(resolve(given)).toString("latin1");
}
