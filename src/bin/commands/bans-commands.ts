import * as z from "zod";
import { printable } from "../../core/printable.ts";
import { Execution } from "../../respond/execute/execution.ts";
import { readPlainFile } from "../plain-file.ts";
import { whomOf } from "../wishes.ts";
import { briefTime, table } from "./table.ts";

/** What commands have done and what will be undone, for example an account that is disabled. */
export type Lasting = Pick<
  Execution,
  "command" | "address" | "user" | "filename" | "since" | "until" | "rule"
>;

const mostBytes = 16 << 20;
const Kept = z.object({ live: z.array(Execution) });

/** By the executor's own file; none where there is no file, or where it is not for this user. */
export function lastingIn(file: string): Lasting[] {
  try {
    const { live } = Kept.parse(JSON.parse(readPlainFile(file, mostBytes)));
    return live.map(shownOf);
  } catch {
    return [];
  }
}

function shownOf({ command, address, user, filename, since, until, rule }: Execution): Lasting {
  return { command, address, user, filename, since, until, rule };
}

/** The same as a table; nothing where there is none. */
export function pageOfLasting(lasting: readonly Lasting[]): string[] {
  if (lasting.length === 0) return [];
  const rows = lasting.map((one) => [
    one.command,
    printable(whomOf(one)),
    briefTime(one.since),
    briefTime(one.until),
    `${one.rule}`,
  ]);
  return ["", ...table([["command", "about", "since", "undone", "rule"], ...rows])];
}
