import * as z from "zod";
import { printable } from "../../core/printable.ts";
import { tripText } from "../breaking.ts";
import { openReplayJudge, replay, type Summary } from "../history/replay.ts";
import { whiteListOf } from "../history/would-block.ts";
import { verdictsFor } from "../verdicts.ts";
import { type Context, contextOf } from "./command.ts";
import { historyOf } from "./history-options.ts";
import { judgingBy } from "./judging.ts";
import { localTime, span, table } from "./table.ts";

const Options = z.object({ rules: z.string().optional() });

/**
 * `stockade replay`: what would have happened if the rules in force, or those of another folder, had judged these logs when
 * they were written.
 */
export async function replayLogs(files: readonly string[], given: unknown): Promise<void> {
  const context = contextOf(given);
  const judging = judgingBy(context.paths, Options.parse(given).rules);
  const { settings } = judging;
  const history = historyOf(files, given, settings);
  const { untouchables, problems } = await whiteListOf(settings);
  for (const problem of problems) context.warn(printable(problem));
  const judge = openReplayJudge(judging, settings, verdictsFor(settings, context.paths));
  const summary = await replay(history, judge, settings, untouchables);
  if (context.json) context.say(JSON.stringify(inJson(summary)));
  else show(context, summary, settings.global.emailMaxPerHour);
}

function inJson({ from, to, ...summary }: Summary) {
  return { from: from ?? null, to: to ?? null, ...summary };
}

const mostRows = 20;

function show({ say }: Context, summary: Summary, maxPerHour: number): void {
  const { lines, decoded, judged, alerts, from, to, mails, mailed } = summary;
  if (from === undefined || to === undefined) {
    say("no lines");
    return;
  }
  say(`${lines} lines from ${localTime(from)} to ${localTime(to)} (${span(to - from)})`);
  say(`  ${decoded} known to a decoder, ${judged} to a rule, ${alerts} alerts`);
  showRules(say, summary);
  say("");
  say(`mails: ${mails.length} for ${mailed} alerts, at most ${maxPerHour} in an hour and a digest`);
  list(say, ["when", "level", "subject"], mails, ({ at, level, subject }) => [
    localTime(at),
    `${level}`,
    printable(subject),
  ]);
  say("");
  const { blocks, spared, held } = summary;
  const never = spared === 0 ? "" : `, ${spared} alerts about what is never blocked`;
  const others = Object.entries(held).map(([name, count]) => `, ${count} alerts ${name}`);
  say(`blocks: ${blocks.length}${never}${others.join("")}`);
  list(
    say,
    ["since", "until", "address", "by", "rule", "verdict", "because of"],
    blocks,
    (block) => [
      localTime(block.since),
      localTime(block.until),
      block.network,
      block.responses.join(", "),
      `${block.rule}`,
      block.verdict.class,
      printable(block.line).slice(0, 120),
    ],
  );
  showCommands(say, summary);
  showObserved(say, summary);
}

function showCommands(say: Context["say"], { commands }: Summary): void {
  if (commands.length === 0) return;
  say("");
  say(`commands: ${commands.length}`);
  const head = ["when", "undone", "command", "about", "rule", "only observed"];
  list(say, head, commands, ({ since, until, command, whom, rule, observed }) => [
    localTime(since),
    until === undefined ? "never" : localTime(until),
    command,
    printable(whom),
    `${rule}`,
    observed ?? "",
  ]);
}

function showObserved(say: Context["say"], { observed, trips }: Summary): void {
  for (const trip of trips) say(`${localTime(trip.at)}: ${tripText(trip)}`);
  if (observed.length === 0) return;
  say("");
  say(`only observed: ${observed.length}`);
  list(say, ["when", "what", "because"], observed, (block) => [
    localTime(block.since),
    `would block ${block.network} for ${(block.until - block.since) / 1000} s by rule ${block.rule}`,
    block.observed ?? "",
  ]);
}

function showRules(say: Context["say"], { rules }: Summary): void {
  if (rules.length === 0) return;
  say("");
  const rows = rules.map(({ id, level, count, description }) => [
    `${id}`,
    `${level}`,
    `${count}`,
    printable(description),
  ]);
  for (const line of table([["rule", "level", "lines", "description"], ...rows])) say(`  ${line}`);
}

function list<T>(
  say: Context["say"],
  head: readonly string[],
  all: readonly T[],
  row: (one: T) => string[],
): void {
  if (all.length === 0) return;
  for (const line of table([head, ...all.slice(0, mostRows).map(row)])) say(`  ${line}`);
  if (all.length > mostRows) say(`  and ${all.length - mostRows} more: --json has them all`);
}
