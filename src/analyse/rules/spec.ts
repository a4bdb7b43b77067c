import type { Element } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";
import type { Dialect, Pattern } from "../../pattern/pattern.ts";

/** One `<rule>` as a file words it, checked but not yet placed among the others. */
export interface RuleSpec {
  readonly id: number;
  /** 0 to 16. */
  readonly level: number;
  readonly description: string;
  /** The names in `groupText`, in the order they were written. */
  readonly groups: readonly string[];
  /** The group's name and the rule's `<group>` elements, joined with nothing between. */
  readonly groupText: string;
  /** The least length of the message in bytes; 0 for none. */
  readonly maxSize: number;
  /** Seconds for which the rule stays silent after it fired; 0 for never. */
  readonly ignore: number;
  /** Whether its siblings are tried first: `accuracy="0"`. */
  readonly isLast: boolean;
  /** Never fires itself: only its children do. */
  readonly noalert: boolean;
  /** Replaces the rule of the same id that was read before. */
  readonly overwrite: boolean;
  readonly options: ReadonlySet<string>;
  readonly category: Category | undefined;
  readonly parents: Parents;
  readonly decodedAs: string | undefined;
  readonly texts: readonly TextCondition[];
  /** Entries `[!]ADDRESS[/BITS]` and `[!]any`, in their order. */
  readonly srcip: readonly string[];
  readonly dstip: readonly string[];
  readonly time: string | undefined;
  readonly weekday: string | undefined;
  readonly compiledRule: string | undefined;
  readonly lists: readonly ListCondition[];
  readonly checkDiff: boolean;
  readonly ifFts: boolean;
  /** Which parts of an event are kept to be ignored from now on, and which make an event one to be ignored. */
  readonly ignoreParts: readonly string[];
  readonly ignoredParts: readonly string[];
  readonly composite: CompositeSpec | undefined;
  /** `<info>` and `<cve>`: what a person may want to look up. */
  readonly details: readonly { readonly type: string; readonly text: string }[];
  readonly file: string;
  readonly element: Element;
}

/** Where a rule stands: the first of these that it names. */
export type Parents =
  | { readonly by: "sid"; readonly sids: readonly number[] }
  | { readonly by: "level"; readonly level: number }
  | { readonly by: "group"; readonly group: string }
  | { readonly by: "category" };

/** A pattern that a part of the event must fit. */
export interface TextCondition {
  /** The element it stood in. */
  readonly element: string;
  /** A name of `subjects.ts`, or `field:NAME`. */
  readonly subject: string;
  /** `exact` is no pattern: the text itself. */
  readonly dialect: Dialect | "exact";
  readonly pattern: string;
}

/** `<list field="…" lookup="…" check_value="…">PATH</list>`. */
export interface ListCondition {
  readonly path: string;
  readonly field: string;
  readonly lookup: string;
  readonly checkValue: string | undefined;
  readonly element: Element;
}

/** "N times in T seconds from the same source." */
export interface CompositeSpec {
  /** As written; 0 when it is not. */
  readonly frequency: number;
  /** Seconds. */
  readonly timeframe: number;
  readonly target: Target;
  /** What the counted events must have in common: names of `subjects.ts`. */
  readonly same: readonly string[];
  /** What must differ between them. */
  readonly different: readonly string[];
}

/** Which events count: those of one rule, those of all rules of a group, those whose line fits a pattern, or all. */
export type Target =
  | { readonly by: "sid"; readonly sid: number }
  | { readonly by: "group"; readonly group: string }
  | { readonly by: "regex"; readonly pattern: Pattern }
  | { readonly by: "any" };
