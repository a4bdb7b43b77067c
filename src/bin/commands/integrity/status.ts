import { printable } from "../../../core/printable.ts";
import { nameShown } from "../../../integrity/name.ts";
import {
  type OutstandingRow,
  OutstandingRow as Row,
  StatusFacts,
} from "../../../integrity/serve/request.ts";
import { contextOf } from "../command.ts";
import { briefTime, span, table } from "../table.ts";
import { ask } from "./ask.ts";

const mostShown = 50;

/** `stockade integrity status`: what is watched, and what differs from what was accepted. Exit code 1 when something does. */
export async function integrityStatus(options: unknown): Promise<void> {
  const context = contextOf(options);
  const facts = StatusFacts.parse(await ask(context, { verb: "status" }));
  const rows: OutstandingRow[] = [];
  await ask(context, { verb: "outstanding" }, (row) => rows.push(Row.parse(row)));
  if (context.json) {
    const named = rows.map((row) => ({ ...row, path: nameShown(row.path) }));
    context.say(JSON.stringify({ ...facts, differing: named }));
  } else for (const line of [...pageOf(facts), ...listOf(rows)]) context.say(line);
  if (facts.outstanding > 0) process.exitCode = 1;
}

function pageOf(facts: StatusFacts): string[] {
  const { realtime, last, maintenance } = facts;
  return table([
    ["files", `${facts.files}`],
    ["changes are seen", sightOf(realtime)],
    ["last scan", facts.scanning ? "under way" : lastScan(last)],
    ["next scan", briefTime(facts.nextAt)],
    ...(facts.waiting > 0 ? [["the daemon has yet to take", `${facts.waiting}`]] : []),
    ...(maintenance
      ? [["maintenance", `until ${briefTime(maintenance.until)}: ${printable(maintenance.why)}`]]
      : []),
  ]);
}

function sightOf({ folders, problem }: StatusFacts["realtime"]): string {
  if (problem === undefined) return `as it happens, in ${folders} folders`;
  if (folders === 0) return `by scans alone: ${problem}`;
  return `as it happens in ${folders} folders, in all others by a scan every 15 minutes: ${problem}`;
}

function lastScan(last: StatusFacts["last"]): string {
  if (!last) return "none since the start";
  const how = `${briefTime(last.at)}, ${span(last.milliseconds)}, ${last.changes === 1 ? "1 change" : `${last.changes} changes`}`;
  return last.problem === undefined ? how : `${how}, ended early: ${last.problem}`;
}

function listOf(rows: readonly OutstandingRow[]): string[] {
  if (rows.length === 0) return ["", "every file is as it was accepted"];
  const cells = rows
    .slice(0, mostShown)
    .map((row) => [briefTime(row.last), row.action, row.verdict, nameShown(row.path)]);
  const more = rows.length - cells.length;
  return [
    "",
    ...table([["changed", "how", "verdict", "file"], ...cells]),
    ...(more > 0 ? [`and ${more} more: stockade integrity status --json`] : []),
    "",
    "what changed: stockade integrity diff FILE; it is as it should be: stockade integrity accept FILE",
  ];
}
