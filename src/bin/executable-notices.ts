import { executableProblem } from "../config/executable.ts";
import type { Settings } from "../config/settings.ts";
import type { Notice } from "../config/xml.ts";

/** A notice for each command whose executable cannot be run, at its place. Where this user may not look there is none. */
export function executableNotices(commands: Settings["commands"], folder: string): Notice[] {
  return commands.flatMap(({ name, executable, at }) => {
    if (at === "") return [];
    const problem = problemOf(folder, executable);
    const colon = at.lastIndexOf(":");
    const place = { file: at.slice(0, colon), line: Number(at.slice(colon + 1)) };
    return problem === undefined
      ? []
      : [{ ...place, message: `<command> "${name}" cannot be run: ${problem}` }];
  });
}

function problemOf(folder: string, executable: string): string | undefined {
  try {
    return executableProblem(folder, executable);
  } catch {
    // Only root may look there; root's `config check` tells.
    return undefined;
  }
}
