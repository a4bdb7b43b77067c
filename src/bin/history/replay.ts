import type { Trip } from "../../analyse/response/breaker.ts";
import type { Settings } from "../../config/settings.ts";
import type { Untouchable } from "../../config/untouchables.ts";
import type { Alert } from "../../core/alert.ts";
import type { Line } from "../../core/event.ts";
import type { VerdictClass } from "../../core/verdict.ts";
import { forecastMail, type WouldMail } from "../../report/forecast.ts";
import { openCompromise } from "../compromise.ts";
import { type Judge, type Judged, openJudge, type Ruleset } from "../judge.ts";
import type { Verdicts } from "../verdicts.ts";
import type { Lines } from "./merge.ts";
import { type RuleCount, tallyRules } from "./tallies.ts";
import { openBlockBook, type WouldBlock } from "./would-block.ts";
import { openCommandBook, type WouldRun } from "./would-run.ts";

/** What a history would have led to. All times in milliseconds since 1970. */
export interface Summary {
  readonly lines: number;
  /** Lines that a decoder knew. */
  readonly decoded: number;
  /** Lines that a rule took, and those of them that became alerts. */
  readonly judged: number;
  readonly alerts: number;
  /** The times of the first and the last line; undefined where there is none. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly rules: readonly RuleCount[];
  /** Alerts that asked for a mail, and the mails they would have made. */
  readonly mailed: number;
  readonly mails: readonly WouldMail[];
  readonly blocks: readonly WouldBlock[];
  /** Those that would only have been observed. */
  readonly observed: readonly WouldBlock[];
  /** Commands that would have been run, or only told of. */
  readonly commands: readonly WouldRun[];
  /** Where the circuit breaker would have tripped. */
  readonly trips: readonly Trip[];
  /** Alerts that asked for a block of what is never blocked. */
  readonly spared: number;
  /** Alerts that asked for a block and had a verdict that does not lead to one, by that verdict. */
  readonly held: Readonly<Partial<Record<VerdictClass, number>>>;
}

/** The daemon's judge on a history: all time is the lines' own. */
export function openReplayJudge(
  ruleset: Ruleset,
  { global: { memorySize } }: Settings,
  verdicts: Verdicts,
): Judge {
  return openJudge(ruleset, { memorySize, isLive: true, timeOf: (at) => at, ...verdicts });
}

/** Judges a history and adds up what it would have led to. Nothing is written, mailed or blocked. */
export async function replay(
  history: Lines,
  judge: Judge,
  settings: Settings,
  untouchables: readonly Untouchable[],
): Promise<Summary> {
  const sums = openSums(settings, untouchables);
  const compromiseIn = openCompromise();
  for await (const lines of history) {
    for (const line of lines) {
      const judged = judge.judge(line);
      sums.add(line, judged);
      const text = judged.verdict.alert && compromiseIn(judged.verdict.alert);
      // What the daemon would have said of itself then.
      if (text !== undefined) sums.judged(judge.judge({ ...line, text, format: "own" }));
    }
  }
  return sums.end();
}

function openSums(settings: Settings, untouchables: readonly Untouchable[]) {
  const rules = tallyRules();
  const book = openBlockBook(settings, untouchables);
  const blocks: WouldBlock[] = [];
  const observed: WouldBlock[] = [];
  const commandsOf = openCommandBook(settings, untouchables);
  const commands: WouldRun[] = [];
  const mails = forecastMail(settings.global.emailMaxPerHour);
  const counts = { lines: 0, decoded: 0, judged: 0, alerts: 0, mailed: 0 };
  let [from, to]: (number | undefined)[] = [];

  const alarm = (alert: Alert) => {
    counts.alerts += 1;
    commands.push(...commandsOf(alert));
    const block = book.consider(alert);
    if (block) (block.observed === undefined ? blocks : observed).push(block);
    if (!alert.mail || !settings.global.emailNotification) return;
    counts.mailed += 1;
    mails.notify(alert);
  };

  const judged = ({ verdict: { rule, alert } }: Judged) => {
    if (!rule) return;
    counts.judged += 1;
    rules.add(rule);
    if (alert) alarm(alert);
  };

  return {
    judged,
    add({ receivedAt }: Line, one: Judged): void {
      from ??= receivedAt;
      to = receivedAt;
      counts.lines += 1;
      if (one.event.decoder !== undefined) counts.decoded += 1;
      judged(one);
    },
    end(): Summary {
      const sums = { ...counts, from, to, rules: rules.sorted(), mails: mails.end() };
      const [spared, held, trips] = [book.spared(), book.held(), book.trips()];
      return { ...sums, blocks, observed, commands, trips, spared, held };
    },
  };
}
