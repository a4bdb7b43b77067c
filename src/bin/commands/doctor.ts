import { printable } from "../../core/printable.ts";
import { examine, type Found } from "../doctor/checks.ts";
import { machineOf } from "../doctor/machine.ts";
import { contextOf } from "./command.ts";
import { look } from "./status.ts";
import { fold } from "./table.ts";

/**
 * `stockade doctor`: looks at all that Stockade stands on, and says what to do. Exit code 0 when nothing is wrong, 1 when
 * something is, 2 when nothing is but something could not be looked at.
 */
export async function doctor(options: unknown): Promise<void> {
  const context = contextOf(options);
  const found = await examine(machineOf(context, await look(context)));
  const isWrong = found.some(({ state }) => state === "wrong");
  if (context.json) context.say(JSON.stringify({ ok: !isWrong, findings: found }));
  else for (const line of doctorPage(found)) context.say(line);
  if (isWrong) process.exitCode = 1;
  else if (found.some(({ state }) => state === "unknown")) process.exitCode = 2;
}

const marks = { ok: "ok", note: "note", unknown: "?", wrong: "WRONG" } as const;

export function doctorPage(found: readonly Found[]): string[] {
  const lines = found.flatMap(({ check, state, text, fix }) => [
    ...fold(`${marks[state].padEnd(6)}${check.padEnd(13)}${printable(text)}`, 110),
    ...(fix === undefined ? [] : fold(`${" ".repeat(19)}fix: ${printable(fix)}`, 110)),
  ]);
  return [...lines, verdictOf(found)];
}

function verdictOf(found: readonly Found[]): string {
  const many = (state: Found["state"]) => found.filter((one) => one.state === state).length;
  const wrong = many("wrong");
  const open = many("unknown");
  if (wrong > 0) return `${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong`;
  return open > 0 ? `nothing found wrong, ${open} could not be looked at` : "nothing is wrong";
}
