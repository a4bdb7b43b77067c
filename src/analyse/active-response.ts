import type { Address } from "../core/address.ts";
import type { Alert, FiredRule } from "../core/alert.ts";
import type { ResponseName } from "../core/block.ts";

/** When an alert leads to a response; `ActiveResponse` of the settings. */
interface Condition {
  readonly response: ResponseName;
  readonly level?: number | undefined;
  readonly ruleIds: readonly number[];
  readonly ruleGroups: readonly string[];
  readonly seconds: number;
}

/** What shall be done about an alert: block this address for so long. */
export interface Wish {
  readonly response: ResponseName;
  readonly address: Address;
  readonly seconds: number;
}

/**
 * Decides which responses an alert asks for. Level, rule ids and groups are alternatives, as OSSEC has it. Never:
 * for a rule with `no_ar`; without a source address; for a network alert that is not TCP, because the source of a
 * UDP or ICMP packet can be forged and anybody could have anybody blocked.
 */
export function responsesTo(
  { rule, event, mayBlock }: Alert,
  conditions: readonly Condition[],
): Wish[] {
  const { srcip: address } = event;
  if (!mayBlock || address === undefined) return [];
  if (event.category === "ids" && event.fields["protocol"] !== "TCP") return [];
  return conditionsFor(rule, conditions).map(({ response, seconds }) => ({
    response,
    address,
    seconds,
  }));
}

/** The conditions that alerts of a rule fulfil: level, rule ids and groups are alternatives. */
export function conditionsFor<T extends Condition>(rule: FiredRule, conditions: readonly T[]): T[] {
  return conditions.filter(
    ({ level, ruleIds, ruleGroups }) =>
      (level !== undefined && rule.level >= level) ||
      ruleIds.includes(rule.id) ||
      ruleGroups.some((group) => rule.groups.includes(group)),
  );
}

/**
 * Whether the event is older than the block would be long (`now` in milliseconds), as when a log is caught up after a
 * night without power: its source has long gone or is somebody else.
 */
export function isTooOld({ event }: Alert, { seconds }: Wish, now: number): boolean {
  return now - event.at >= seconds * 1000;
}
