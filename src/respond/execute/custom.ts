import { join } from "node:path";
import { executableProblem } from "../../config/executable.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import type { Call } from "./call.ts";
import type { Done, Execution, Program } from "./execution.ts";

/** Runs the admin's executables from one folder of root's, each argument as it is. */
export function custom(folder: string, call: Call, log: Log): Program {
  const problemOf = (executable: string) => {
    try {
      return executableProblem(folder, executable);
    } catch (error) {
      return reasonOf(error);
    }
  };
  const run = async (action: "add" | "delete", execution: Execution): Promise<Done> => {
    // Looked at each time: what was in order an hour ago may be somebody else's now.
    const problem = problemOf(execution.executable);
    if (problem !== undefined) return { ok: false, reason: problem };
    const path = join(folder, execution.executable);
    const called = await call(path, argumentsOf(action, execution));
    if (called.output !== "") log.info(`${execution.command} ${action} said: ${called.output}`);
    if (called.ok) return { ok: true };
    const firstLine = called.output.split("\n")[0] ?? "";
    return { ok: false, reason: called.reason + (firstLine === "" ? "" : `: ${firstLine}`) };
  };
  return {
    triesAgain: false,
    pathOf: (executable) => join(folder, executable),
    async prepare({ executable }) {
      const problem = problemOf(executable);
      return problem === undefined ? { ok: true } : { ok: false, reason: problem };
    },
    add: (execution) => run("add", execution),
    delete: (execution) => run("delete", execution),
  };
}

/** OSSEC's order (os_execd/execd.c): action, user, address, alert, rule, location, file; "-" for what is absent. */
export function argumentsOf(action: "add" | "delete", execution: Execution): string[] {
  const { user = "-", address = "-", alert, rule, location = "-", filename = "-" } = execution;
  return [action, user, address, alert, `${rule}`, location, filename];
}
