import { printable } from "../../core/printable.ts";
import { type Coverage, coverage, type Gap } from "../history/coverage.ts";
import { openReplayJudge } from "../history/replay.ts";
import { contextOf } from "./command.ts";
import { historyOf } from "./history-options.ts";
import { judgingBy } from "./judging.ts";
import { table } from "./table.ts";

/** `stockade rules coverage`: which decoders and rules some logs need, and for which lines there is none. */
export async function showCoverage(files: readonly string[], given: unknown): Promise<void> {
  const context = contextOf(given);
  const judging = judgingBy(context.paths);
  const { settings } = judging;
  const found = await coverage(
    historyOf(files, given, settings),
    openReplayJudge(judging, settings, {}),
  );
  if (context.json) context.say(JSON.stringify(found));
  else for (const line of page(found)) context.say(line);
}

function page({ lines, decoders, rules, withoutDecoder, withoutRule }: Coverage): string[] {
  const decoderRows = decoders.map(({ name, count }) => [`${count}`, printable(name)]);
  const ruleRows = rules.map(({ id, level, description, count }) => [
    `${count}`,
    `${id}`,
    `${level}`,
    printable(description),
  ]);
  return [
    `${lines} lines`,
    "",
    ...table([["lines", "decoder"], ...decoderRows]),
    "",
    ...table([["lines", "rule", "level", "description"], ...ruleRows]),
    "",
    ...gap(withoutDecoder, lines, "no decoder"),
    "",
    ...gap(withoutRule, lines, "no rule"),
  ];
}

function gap({ count, kinds }: Gap, lines: number, what: string): string[] {
  const share = lines === 0 ? 0 : Math.round((100 * count) / lines);
  const rows = kinds.map((kind) => [`${kind.count}`, printable(kind.text).slice(0, 160)]);
  const told = rows.length === 0 ? [] : table([["lines", "like this"], ...rows]);
  return [`${count} lines (${share} %) have ${what}`, ...told.map((line) => `  ${line}`)];
}
