import * as z from "zod";
import { Failure } from "../../../core/failure.ts";
import { printable } from "../../../core/printable.ts";
import { nameShown } from "../../../integrity/name.ts";
import { DiffFacts, HistoryRow, type Request } from "../../../integrity/serve/request.ts";
import { readSince } from "../../history/since.ts";
import { contextOf } from "../command.ts";
import { briefTime, localTime, table } from "../table.ts";
import { ask, bytePath } from "./ask.ts";

const Options = z.object({ transaction: z.string().optional(), since: z.string().optional() });

/**
 * `stockade integrity history FILE`: every change of a file, or of all below a folder, that is remembered, the newest first;
 * `--transaction ID`, `--since TIME`: those of all files. Exit code 1 when there was none.
 */
export async function integrityHistory(file: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  const rows: HistoryRow[] = [];
  await ask(context, requestOf(file, Options.parse(options)), (row) => {
    rows.push(HistoryRow.parse(row));
  });
  if (rows.length === 0) process.exitCode = 1;
  if (context.json) {
    const named = rows.map((row) => ({ ...row, path: nameShown(row.path) }));
    return context.say(JSON.stringify(named));
  }
  if (rows.length === 0) return context.say("no such change is remembered");
  const isOfOne = file !== undefined && rows.every(({ path }) => path === bytePath(file));
  for (const line of isOfOne ? rows.flatMap(pageOf) : listOf(rows)) context.say(line);
}

function requestOf(
  file: string | undefined,
  { transaction, since }: z.infer<typeof Options>,
): Request {
  const isOfAll = transaction !== undefined || since !== undefined;
  if (isOfAll === (file !== undefined)) {
    throw new Failure("what history is asked for is not said", {
      hint: "stockade integrity history FILE, or --transaction ID, --since TIME",
      exitCode: 64,
    });
  }
  if (file !== undefined) return { verb: "history", path: bytePath(file) };
  const from = since === undefined ? {} : { since: readSince(since, Date.now()) };
  return { verb: "changes", ...(transaction !== undefined && { transaction }), ...from };
}

function listOf(rows: readonly HistoryRow[]): string[] {
  const cells = rows.map((row) => [
    briefTime(row.at),
    row.action,
    row.verdict,
    nameShown(row.path),
  ]);
  return table([["taken", "how", "verdict", "file"], ...cells]);
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
