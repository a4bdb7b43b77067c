import { printable } from "../../../core/printable.ts";
import { HistoryRow } from "../../../integrity/serve/request.ts";
import { contextOf } from "../command.ts";
import { localTime } from "../table.ts";
import { ask, bytePath } from "./ask.ts";

/** `stockade integrity history FILE`: every change of a file that is remembered, the newest first. */
export async function integrityHistory(file: string, options: unknown): Promise<void> {
  await show(file, options, Number.POSITIVE_INFINITY);
}

/** `stockade integrity diff FILE`: what its last change was. Exit code 1 when there was none. */
export async function integrityDiff(file: string, options: unknown): Promise<void> {
  await show(file, options, 1);
}

async function show(file: string, options: unknown, most: number): Promise<void> {
  const context = contextOf(options);
  const rows: HistoryRow[] = [];
  await ask(context, { verb: "history", path: bytePath(file) }, (row) => {
    if (rows.length < most) rows.push(HistoryRow.parse(row));
  });
  if (context.json) return context.say(JSON.stringify(rows));
  if (rows.length === 0) {
    context.say(`no change of ${printable(file)} is known`);
    process.exitCode = 1;
  }
  for (const row of rows) for (const line of pageOf(row)) context.say(line);
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
