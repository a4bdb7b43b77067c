import type { Settings } from "../../config/settings.ts";
import type { Untouchable } from "../../config/untouchables.ts";
import type { Alert, FiredRule } from "../../core/alert.ts";
import { coveredBy } from "../../core/block.ts";
import type { Event } from "../../core/event.ts";
import type { Judge, Judged } from "../judge.ts";
import type { Lines } from "./merge.ts";
import { openBlockBook, type WouldBlock } from "./would-block.ts";

/** The alert of a line, as far as two sets of rules may differ in it. */
export interface Outcome {
  readonly rule: number;
  readonly level: number;
  readonly mail: boolean;
  readonly description: string;
}

/** Lines whose alert is another one, all in the same way; null: none. */
export interface Change {
  readonly old: Outcome | null;
  readonly new: Outcome | null;
  readonly count: number;
  readonly examples: readonly string[];
}

/** A block of an address that logged in properly after it began. */
export interface Harm extends WouldBlock {
  readonly loginAt: number;
  readonly login: string;
}

/** What two sets of rules make of one history. All times in milliseconds since 1970. */
export interface Backtest {
  readonly lines: number;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly alerts: { readonly old: number; readonly new: number };
  /** The most frequent ones first. */
  readonly changes: readonly Change[];
  readonly blocks: {
    /** How many blocks of the new rules the old ones have too, at a time in common. */
    readonly stay: number;
    readonly appear: readonly WouldBlock[];
    readonly vanish: readonly WouldBlock[];
  };
  readonly harm: { readonly old: readonly Harm[]; readonly new: readonly Harm[] };
}

/** Judges a history twice at once and compares. `judges` are the old one and the new one. */
export async function backtest(
  history: Lines,
  judges: { readonly old: Judge; readonly new: Judge },
  settings: Settings,
  untouchables: readonly Untouchable[],
): Promise<Backtest> {
  const sides = { old: openSide(settings, untouchables), new: openSide(settings, untouchables) };
  const changes = openChanges();
  let lines = 0;
  let [from, to]: (number | undefined)[] = [];
  for await (const batch of history) {
    for (const line of batch) {
      const old = judges.old.judge(line);
      const changed = judges.new.judge(line);
      lines += 1;
      from ??= line.receivedAt;
      to = line.receivedAt;
      const logsIn = isLogin(old) || isLogin(changed);
      sides.old.add(old, logsIn);
      sides.new.add(changed, logsIn);
      changes.add(old, changed);
    }
  }
  const [before, after] = [sides.old.end(), sides.new.end()];
  return {
    lines,
    from,
    to,
    alerts: { old: before.alerts, new: after.alerts },
    changes: changes.sorted(),
    blocks: compared(before.blocks, after.blocks),
    harm: { old: before.harm, new: after.harm },
  };
}

const loginGroup = "authentication_success";

function isLogin({ event, verdict }: Judged): boolean {
  return event.srcip !== undefined && verdict.rule?.groups.includes(loginGroup) === true;
}

/** What one set of rules leads to. */
function openSide(settings: Settings, untouchables: readonly Untouchable[]) {
  const book = openBlockBook(settings, untouchables);
  const blocks: WouldBlock[] = [];
  /** Blocks after which nobody logged in yet, by what they cover. */
  const open = new Map<string, WouldBlock[]>();
  const harm: Harm[] = [];
  let alerts = 0;

  const begin = (block: WouldBlock) => {
    blocks.push(block);
    open.set(block.network, [...(open.get(block.network) ?? []), block]);
  };
  const logIn = ({ srcip, at: loginAt, fullLog: login }: Event) => {
    const network = srcip && coveredBy(srcip).text;
    const hit = network === undefined ? undefined : open.get(network);
    if (!hit || network === undefined) return;
    for (const block of hit) harm.push({ ...block, loginAt, login });
    open.delete(network);
  };

  return {
    add({ event, verdict }: Judged, logsIn: boolean): void {
      if (logsIn) logIn(event);
      if (!verdict.alert) return;
      alerts += 1;
      const block = book.consider(verdict.alert);
      if (block && block.observed === undefined) begin(block);
    },
    end: () => ({ alerts, blocks, harm }),
  };
}

const mostExamples = 3;

function openChanges() {
  const changes = new Map<string, Change & { count: number; readonly examples: string[] }>();
  return {
    add(old: Judged, changed: Judged): void {
      const [before, after] = [old.verdict.alert, changed.verdict.alert];
      const name = `${nameOf(before)} ${nameOf(after)}`;
      if (nameOf(before) === nameOf(after)) return;
      const known = changes.get(name) ?? {
        old: outcomeOf(before),
        new: outcomeOf(after),
        count: 0,
        examples: [],
      };
      known.count += 1;
      if (known.examples.length < mostExamples) known.examples.push(changed.event.fullLog);
      changes.set(name, known);
    },
    sorted: (): Change[] => [...changes.values()].sort((a, b) => b.count - a.count),
  };
}

function nameOf(alert: Alert | undefined): string {
  return alert ? `${alert.rule.id}/${alert.rule.level}/${alert.mail}` : "none";
}

function outcomeOf(alert: Alert | undefined): Outcome | null {
  if (!alert) return null;
  const { id: rule, level, description }: FiredRule = alert.rule;
  return { rule, level, mail: alert.mail, description };
}

function compared(old: readonly WouldBlock[], now: readonly WouldBlock[]): Backtest["blocks"] {
  const appear = without(now, old);
  return { stay: now.length - appear.length, appear, vanish: without(old, now) };
}

/** Those of `blocks` that share no time with one of `others` that blocks the same. */
function without(blocks: readonly WouldBlock[], others: readonly WouldBlock[]): WouldBlock[] {
  const byTarget = Map.groupBy(others, targetOf);
  return blocks.filter((block) => {
    const same = byTarget.get(targetOf(block)) ?? [];
    return !same.some(({ since, until }) => since < block.until && block.since < until);
  });
}

function targetOf({ responses, network }: WouldBlock): string {
  return `${responses.join(" ")} ${network}`;
}
