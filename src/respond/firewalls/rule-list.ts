import { parseNetwork } from "../../core/network.ts";
import type { Change } from "../firewall.ts";
import { rulesOf } from "./chain.ts";
import { type EndMark, endMarks } from "./end-marks.ts";

/** Every packet passes every rule, so there are no more; beyond, those that end first are left out. */
export const maxPlainRules = 5000;

/** One network's rule, as `iptables -S` prints it, and its end in seconds since 1970. */
interface Rule {
  readonly text: string;
  readonly end: number;
}

/** What is in the chain. */
export interface Found {
  readonly drop: ReadonlyMap<string, Rule>;
  readonly allow: readonly string[];
  /** Whether there is a chain that holds nothing else. */
  readonly isOurs: boolean;
}

/** Reads what `iptables -S` printed. */
export function foundIn(rules: string): Found {
  const lines = rulesOf(rules, "STOCKADE");
  const parsed = lines.flatMap((text) => parseRule(text) ?? []);
  const drop = new Map(
    parsed.flatMap(({ network, text, end }) =>
      end === undefined ? [] : [[network, { text, end }] as const],
    ),
  );
  const allow = parsed.flatMap(({ network, end }) => (end === undefined ? [network] : []));
  const isOurs = /^-N STOCKADE$/m.test(rules) && lines.length === drop.size + allow.length;
  return { drop, allow, isOurs };
}

/** A rule without an end lets through. Undefined when it is none of ours. */
function parseRule(text: string) {
  const [, source = "", conditions = "", target] =
    /^-A STOCKADE -s (\S+) (?:(.+) )?-j (DROP|RETURN)$/.exec(text) ?? [];
  const network = parseNetwork(source)?.text;
  const end = endMarks.map((mark) => mark.read(conditions)).find((one) => one !== undefined);
  const isEither = target === "RETURN" ? conditions === "" : end !== undefined;
  return network !== undefined && isEither ? { network, text, end } : undefined;
}

/** The seconds that each network has left, of those that are not over. */
export function secondsLeft({ drop }: Found): Map<string, number> {
  const now = Date.now() / 1000;
  const live = [...drop].filter(([, { end }]) => end > now);
  return new Map(live.map(([network, { end }]) => [network, Math.ceil(end - now)]));
}

/** As many as there may be rules. */
export function longest(wanted: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (wanted.size <= maxPlainRules) return wanted;
  return new Map([...wanted].sort(([, a], [, b]) => b - a).slice(0, maxPlainRules));
}

/** The rules after `changes`, without those that are over. A rule that stays keeps its text. */
export function changed({ drop }: Found, changes: readonly Change[], mark: EndMark): Rule[] {
  const now = Date.now() / 1000;
  const next = new Map([...drop].filter(([, { end }]) => end > now));
  for (const change of changes) {
    if (change.verb === "delete") next.delete(change.network);
    else {
      const end = Math.floor(now + change.seconds);
      const text = `-A STOCKADE -s ${withBits(change.network)} ${mark.write(end)} -j DROP`;
      next.set(change.network, { text, end });
    }
  }
  const rules = [...next.values()];
  if (rules.length <= maxPlainRules) return rules;
  return rules.sort((a, b) => b.end - a.end).slice(0, maxPlainRules);
}

/** The whole chain. */
export function chainOf(drop: readonly Rule[], allow: readonly string[]): string[] {
  return [
    ...allow.map((network) => `-A STOCKADE -s ${withBits(network)} -j RETURN`),
    ...drop.map(({ text }) => text),
  ];
}

/** As `iptables -S` prints an address. */
function withBits(network: string): string {
  if (network.includes("/")) return network;
  return `${network}/${network.includes(":") ? 128 : 32}`;
}
