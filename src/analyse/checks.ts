import { refuse } from "../config/xml.ts";
import type { Event } from "../core/event.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { addressList } from "./conditions/address-list.ts";
import { compiledRule } from "./conditions/compiled-rules.ts";
import { listCondition } from "./conditions/list-condition.ts";
import type { List } from "./conditions/lists.ts";
import type { LocalMoment } from "./conditions/local-clock.ts";
import { timeRange } from "./conditions/time.ts";
import { weekdays } from "./conditions/weekday.ts";
import { attempt } from "./rules/reading.ts";
import type { RuleSpec, TextCondition } from "./rules/spec.ts";
import { type Subject, subjectOf } from "./subjects.ts";

/** One condition of a rule that asks for nothing but the event itself. */
export interface Check {
  /** The element it comes from. */
  readonly name: string;
  holds(event: Event): boolean;
}

/** What conditions need to know besides the event. */
export interface Facts {
  readonly compatible: boolean;
  /** What events that name no host are taken to come from. */
  readonly host: string;
  readonly clock: (at: number) => LocalMoment;
  /** The list that rules call so. */
  readonly lists: (name: string) => List | undefined;
}

/** The conditions of a rule in the order in which they are tried. */
export function checksOf(
  spec: RuleSpec,
  patterns: readonly { readonly text: TextCondition; readonly pattern: Pattern }[],
  facts: Facts,
): Check[] {
  const texts = patterns.map(({ text, pattern }) => textCheck(text, pattern, facts));
  return [
    ...texts,
    ...addressChecks(spec, facts),
    ...ruleCheck(spec, facts),
    ...sizeCheck(spec),
    ...clockChecks(spec, facts),
    ...listChecks(spec, facts),
  ];
}

function addressChecks(spec: RuleSpec, { compatible }: Facts): Check[] {
  return (["srcip", "dstip"] as const).flatMap((name) => {
    if (spec[name].length === 0) return [];
    const fits = attemptAt(spec, name, () => addressList(spec[name], compatible));
    return [{ name, holds: (event: Event) => fits(event[name]) }];
  });
}

function ruleCheck(spec: RuleSpec, { compatible }: Facts): Check[] {
  const { compiledRule: name } = spec;
  if (name === undefined) return [];
  const holds = attemptAt(spec, "compiled_rule", () => compiledRule(name, compatible));
  return [{ name: "compiled_rule", holds }];
}

/** By the time of the event, as this machine's wall shows it. */
function clockChecks(spec: RuleSpec, { compatible, clock }: Facts): Check[] {
  const { time, weekday } = spec;
  const checks: Check[] = [];
  if (time !== undefined) {
    const isIn = attemptAt(spec, "time", () => timeRange(time, compatible));
    checks.push({ name: "time", holds: ({ at }) => isIn(clock(at).minute) });
  }
  if (weekday !== undefined) {
    const isOne = attemptAt(spec, "weekday", () => weekdays(weekday, compatible));
    checks.push({ name: "weekday", holds: ({ at }) => isOne(clock(at).weekday) });
  }
  return checks;
}

/** OSSEC loses all but the last two lists of a rule, and with a list that it does not know a rule never matches. */
function listChecks(spec: RuleSpec, { compatible, lists }: Facts): Check[] {
  const wanted = compatible ? spec.lists.slice(-2) : spec.lists;
  return wanted.map((condition) => {
    const { element, path } = condition;
    const list = lists(path);
    if (list) {
      const holds = attempt(spec.file, element, () => listCondition(condition, list, compatible));
      return { name: "list", holds };
    }
    if (compatible) return { name: "list", holds: () => false };
    const hint = "name it in the settings: <rules><list>PATH</list></rules>";
    throw refuse(spec.file, element, `names "${path}", which is no list that is known`, hint);
  });
}

/** Compiles what an element says; a `Failure` is told with that element. */
function attemptAt<T>(spec: RuleSpec, name: string, compile: () => T): T {
  const element = spec.element.children.find((child) => child.name === name) ?? spec.element;
  return attempt(spec.file, element, compile);
}

function textCheck({ element, subject }: TextCondition, pattern: Pattern, facts: Facts): Check {
  if (subject === "log") return { name: element, holds: (event) => pattern.test(event.log) };
  const read = subject === "hostname" ? hostOr(facts.host) : subjectOf(subject);
  return {
    name: element,
    holds: (event) => {
      const text = read(event);
      return text !== undefined && pattern.test(text);
    },
  };
}

function hostOr(host: string): Subject {
  return (event) => event.host ?? host;
}

/** OSSEC's `maxsize` is the least size, in bytes. */
function sizeCheck({ maxSize }: RuleSpec): Check[] {
  if (maxSize === 0) return [];
  return [{ name: "maxsize", holds: ({ log }) => Buffer.byteLength(log) >= maxSize }];
}
