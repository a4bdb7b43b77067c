import * as z from "zod";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import {
  type Backtest,
  backtest,
  type Change,
  type Harm,
  type Outcome,
} from "../history/backtest.ts";
import { openReplayJudge } from "../history/replay.ts";
import { type WouldBlock, whiteListOf } from "../history/would-block.ts";
import { verdictsFor } from "../verdicts.ts";
import { type Context, contextOf } from "./command.ts";
import { historyOf } from "./history-options.ts";
import { judgingBy } from "./judging.ts";
import { localTime } from "./table.ts";

const Options = z.object({ old: z.string().optional(), new: z.string().optional() });

/**
 * `stockade rules backtest`: the same history through the old rules (those in force unless told) and the new ones; says
 * what changes, and which blocks would have hit somebody who logged in properly later.
 */
export async function backtestRules(files: readonly string[], given: unknown): Promise<void> {
  const context = contextOf(given);
  const folders = Options.parse(given);
  if (folders.old === undefined && folders.new === undefined) {
    throw new Failure("both sets of rules are the ones in force", {
      hint: "name a folder with other ones: --new DIR, --old DIR or both",
      exitCode: 64,
    });
  }
  const old = judgingBy(context.paths, folders.old);
  const changed = judgingBy(context.paths, folders.new);
  const { settings } = changed;
  const { untouchables, problems } = await whiteListOf(settings);
  for (const problem of problems) context.warn(printable(problem));
  const verdicts = verdictsFor(settings, context.paths);
  const judges = {
    old: openReplayJudge(old, settings, verdicts),
    new: openReplayJudge(changed, settings, verdicts),
  };
  const history = historyOf(files, given, settings);
  const found = await backtest(history, judges, settings, untouchables);
  if (context.json) context.say(JSON.stringify(inJson(found)));
  else show(context, found);
}

function inJson({ from, to, ...found }: Backtest) {
  return { from: from ?? null, to: to ?? null, ...found };
}

const mostRows = 20;

function show({ say }: Context, found: Backtest): void {
  const { lines, from, to, alerts, changes, blocks, harm } = found;
  const time = from === undefined ? "" : ` from ${localTime(from)} to ${localTime(to ?? from)}`;
  say(`${lines} lines${time}`);
  say(`alerts: ${alerts.old} by the old rules, ${alerts.new} by the new ones`);
  few(say, changes, changeLines);
  say("");
  say(
    `blocks: ${blocks.stay} stay, ${blocks.appear.length} appear, ${blocks.vanish.length} vanish`,
  );
  few(say, blocks.appear, (block) => [`  appears ${blockLine(block)}`]);
  few(say, blocks.vanish, (block) => [`  vanishes ${blockLine(block)}`]);
  say("");
  say(
    `blocked, and logged in properly later: ${harm.old.length} by the old rules, ${harm.new.length} by the new ones`,
  );
  few(say, harm.new, harmLines("new"));
  few(say, harm.old, harmLines("old"));
}

function few<T>(say: Context["say"], all: readonly T[], linesOf: (one: T) => string[]): void {
  for (const line of all.slice(0, mostRows).flatMap(linesOf)) say(line);
  if (all.length > mostRows) say(`  and ${all.length - mostRows} more: --json has them all`);
}

function changeLines({ old, new: changed, count, examples }: Change): string[] {
  const lines = examples.map((line) => `      ${printable(line).slice(0, 160)}`);
  return [`  ${count} lines: ${outcome(old)} -> ${outcome(changed)}`, ...lines];
}

function outcome(one: Outcome | null): string {
  if (!one) return "no alert";
  const { rule, level, mail, description } = one;
  return `${rule} (level ${level}${mail ? ", mailed" : ""}) ${printable(description)}`;
}

function blockLine({ network, responses, since, until, rule, line }: WouldBlock): string {
  const times = `${localTime(since)} to ${localTime(until)}`;
  return `${network} ${responses.join(", ")} ${times}, rule ${rule}: ${printable(line).slice(0, 120)}`;
}

function harmLines(which: string): (harm: Harm) => string[] {
  return (harm) => [
    `  ${which}: ${blockLine(harm)}`,
    `      ${localTime(harm.loginAt)}: ${printable(harm.login).slice(0, 160)}`,
  ];
}
