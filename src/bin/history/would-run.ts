import type { Settings } from "../../config/settings.ts";
import { protectorOf, type Untouchable } from "../../config/untouchables.ts";
import type { Alert } from "../../core/alert.ts";
import { coveredBy } from "../../core/block.ts";
import { openCommandWishes, whomOf } from "../wishes.ts";

/** A command that the alerts of a history would have led to. */
export interface WouldRun {
  readonly command: string;
  /** Whom or what it is about, in words. */
  readonly whom: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** When it is undone; absent where it is not. */
  readonly until?: number;
  readonly rule: number;
  readonly line: string;
  /** Why it would only have been told. */
  readonly observed?: string;
}

/** Keeps what was run while a history goes by. What is not undone yet is not run again, and nothing about who is never blocked. */
export function openCommandBook(
  settings: Pick<Settings, "customResponses" | "blocking">,
  untouchables: readonly Untouchable[],
): (alert: Alert) => WouldRun[] {
  const wishesOf = openCommandWishes(settings);
  const ends = new Map<string, number>();
  return (alert) => {
    const { at: since, fullLog: line } = alert.event;
    return wishesOf(alert).flatMap((wish) => {
      const { command, address, seconds, observed } = wish;
      if (address && protectorOf(coveredBy(address), untouchables)) return [];
      const whom = whomOf(wish);
      const until = since + seconds * 1000;
      if (since < (ends.get(`${command} ${whom}`) ?? Number.NEGATIVE_INFINITY)) return [];
      ends.set(`${command} ${whom}`, until);
      const run = { command, whom, since, rule: alert.rule.id, line };
      return { ...run, ...(seconds > 0 && { until }), ...(observed !== undefined && { observed }) };
    });
  };
}
