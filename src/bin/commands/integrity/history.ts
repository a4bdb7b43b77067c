import { printable } from "../../../core/printable.ts";
import { DiffFacts, HistoryRow } from "../../../integrity/serve/request.ts";
import { contextOf } from "../command.ts";
import { localTime } from "../table.ts";
import { ask, bytePath } from "./ask.ts";

/** `stockade integrity history FILE`: every change of a file that is remembered, the newest first. Exit code 1 when there was none. */
export async function integrityHistory(file: string, options: unknown): Promise<void> {
  const context = contextOf(options);
  const rows: HistoryRow[] = [];
  await ask(context, { verb: "history", path: bytePath(file) }, (row) => {
    rows.push(HistoryRow.parse(row));
  });
  if (rows.length === 0) process.exitCode = 1;
  if (context.json) return context.say(JSON.stringify(rows));
  if (rows.length === 0) context.say(`no change of ${printable(file)} is known`);
  for (const row of rows) for (const line of pageOf(row)) context.say(line);
}

/** `stockade integrity diff FILE`: how it differs from what was accepted. Exit code 1 when it does, as diff(1). */
export async function integrityDiff(file: string, options: unknown): Promise<void> {
  const context = contextOf(options);
  const facts = DiffFacts.parse(await ask(context, { verb: "diff", path: bytePath(file) }));
  if (facts.words.length > 0) process.exitCode = 1;
  if (context.json) return context.say(JSON.stringify(facts));
  if (facts.words.length === 0) return context.say(`${printable(file)} is as it was accepted`);
  for (const line of facts.words) context.say(line);
  if (facts.text !== undefined) context.say(facts.text);
}

function pageOf(row: HistoryRow): string[] {
  const by = row.package === undefined ? "" : ` (${row.package})`;
  const because = row.transaction === undefined ? "" : `, transaction ${row.transaction}`;
  return [
    `${localTime(row.at)}  ${row.action}: ${row.verdict}${by}${because}`,
    `  ${printable(row.reason)}`,
    ...row.words.map((line) => `  ${line}`),
  ];
}
