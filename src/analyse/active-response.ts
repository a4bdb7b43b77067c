import type { Address } from "../core/address.ts";
import type { Alert, FiredRule } from "../core/alert.ts";
import type { ResponseName } from "../core/block.ts";
import type { VerdictClass } from "../core/verdict.ts";

/** Which rules lead to a response. */
export interface When {
  readonly level?: number | undefined;
  readonly ruleIds: readonly number[];
  readonly ruleGroups: readonly string[];
}

/** When an alert leads to a response; `ActiveResponse` of the settings. */
interface Condition extends When {
  readonly response: ResponseName;
  readonly seconds: number;
  /** The verdicts that lead to it; "attacked-by" alone when absent. */
  readonly verdicts?: readonly VerdictClass[] | undefined;
}

/** What shall be done about an alert: block this address for so long. */
export interface Wish {
  readonly response: ResponseName;
  readonly address: Address;
  readonly seconds: number;
}

/**
 * Decides which responses an alert asks for. Level, rule ids and groups are alternatives, as OSSEC has it. Never: for a
 * rule with `no_ar`; without a verdict that names the other end, which is never one of ours; for a verdict that the
 * response is not for.
 */
export function responsesTo(
  { rule, event, mayBlock }: Alert,
  conditions: readonly Condition[],
): Wish[] {
  const { verdict } = event;
  const address = verdict?.remote;
  if (!mayBlock || address === undefined) return [];
  return conditionsFor(rule, conditions)
    .filter(({ verdicts = usual }) => verdicts.includes(verdict?.class ?? "unproven"))
    .map(({ response, seconds }) => ({ response, address, seconds }));
}

/** Responses that an alert would lead to if its verdict were another one. */
export function withheldFrom(
  { rule, event, mayBlock }: Alert,
  conditions: readonly Condition[],
): Condition[] {
  const { verdict } = event;
  if (!mayBlock || verdict?.remote === undefined) return [];
  return conditionsFor(rule, conditions).filter(
    ({ verdicts = usual }) => !verdicts.includes(verdict.class),
  );
}

export const usual: readonly VerdictClass[] = ["attacked-by"];

/** The conditions that alerts of a rule fulfil: level, rule ids and groups are alternatives. */
export function conditionsFor<T extends When>(rule: FiredRule, conditions: readonly T[]): T[] {
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
export function isTooOld(
  { event }: Alert,
  { seconds }: Pick<Wish, "seconds">,
  now: number,
): boolean {
  return now - event.at >= seconds * 1000;
}
