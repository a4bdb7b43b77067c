import { localTime } from "./local-time.ts";
import type { Notice } from "./notice.ts";

/** Alerts of one rule that are only counted. */
interface RuleCount {
  readonly rule: number;
  readonly level: number;
  readonly description: string;
  readonly count: number;
  /** How many source addresses, and one of them ("" where an alert had none). */
  readonly sources: number;
  readonly source: string;
  /** Times of the events, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

interface SourceCount {
  readonly source: string;
  readonly count: number;
}

/** What goes into one mail. */
export interface Gathered {
  /** All alerts it accounts for. */
  readonly total: number;
  /** Those told in full, the worst first. Never empty. */
  readonly worst: readonly [Notice, ...Notice[]];
  /** A mail of alerts counts those that are not in `worst`; a digest counts all of them. */
  readonly byRule: readonly RuleCount[];
  readonly bySource: readonly SourceCount[];
}

export interface Message {
  readonly subject: string;
  readonly text: string;
}

/** The mail for one or several alerts. `remark` is a last sentence for the admin. */
export function alertMessage({ total, worst, byRule }: Gathered, remark?: string): Message {
  const [first] = worst;
  const others = total > 1 ? ` (and ${total - 1} more)` : "";
  const left = total - worst.length;
  const counted =
    left > 0 ? [`And ${left} more alerts, not shown in full:`, ...ruleTable(byRule, left), ""] : [];
  return {
    subject: `Stockade Alert - ${first.host} - Level ${first.level} - ${first.description}${others}`,
    text: [...inFull(worst), ...counted, ...(remark ? [remark, ""] : [])].join("\n"),
  };
}

/** The mail at the end of an hour, for the alerts that had no mail of their own. */
export function digestMessage(gathered: Gathered, now: number, maxPerHour: number): Message {
  const { total, worst, byRule, bySource } = gathered;
  const [first] = worst;
  const text = [
    "Stockade HIDS Digest.",
    localTime(now),
    "",
    `${total} alerts had no mail of their own: at most ${maxPerHour} mails are sent in an hour.`,
    "",
    "By rule:",
    ...ruleTable(byRule, total),
    "",
    "By source address:",
    ...sourceTable(bySource, total),
    "",
    worst.length < total ? `The worst ${worst.length} in full:` : "In full:",
    "",
    ...inFull(worst),
  ];
  return {
    subject: `Stockade Digest - ${first.host} - ${total} alerts - Level ${first.level} - ${first.description}`,
    text: text.join("\n"),
  };
}

/** Two empty lines between notifications, as OSSEC has them. */
function inFull(worst: readonly Notice[]): string[] {
  return worst.flatMap(({ text }) => [text, ""]);
}

function ruleTable(counts: readonly RuleCount[], total: number): string[] {
  const rows = counts.map(
    ({ rule, level, description, count, first, last, ...from }) =>
      `  ${count} x rule ${rule} (level ${level}) "${description}"${origin(from)}, ${span(first, last)}`,
  );
  return [...rows, ...remainder(counts, total, "of other rules")];
}

function sourceTable(counts: readonly SourceCount[], total: number): string[] {
  const rows = counts.map(({ source, count }) => `  ${count} x ${source || "without an address"}`);
  return [...rows, ...remainder(counts, total, "from other addresses")];
}

function remainder(counts: readonly { count: number }[], total: number, what: string): string[] {
  const left = counts.reduce((rest, { count }) => rest - count, total);
  return left > 0 ? [`  ${left} x ${what}`] : [];
}

function origin({ sources, source }: Pick<RuleCount, "sources" | "source">): string {
  if (sources > 1) return `, from ${sources} addresses`;
  return source ? `, from ${source}` : "";
}

function span(first: number, last: number): string {
  const [from, to] = [localTime(first), localTime(last)];
  return from === to ? from : `${from} to ${to}`;
}
