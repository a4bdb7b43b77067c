import type { Element } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";

/** One `<rule>` as a file words it, checked but not yet placed among the others. */
export interface RuleSpec {
  readonly id: number;
  /** 0 to 16. */
  readonly level: number;
  readonly description: string;
  readonly groups: readonly string[];
  /** Seconds for which the rule stays silent for a source after it fired; 0 for never. */
  readonly ignore: number;
  /** Never fires itself: only its children do. */
  readonly noalert: boolean;
  /** Replaces the rule of the same id that was read before. */
  readonly overwrite: boolean;
  readonly options: ReadonlySet<string>;
  readonly category: Category | undefined;
  readonly decodedAs: string | undefined;
  readonly ifSid: readonly number[];
  readonly ifGroup: string | undefined;
  /** OS_Match patterns by what they look at: `match` is the message, the rest are names of `subjects`. */
  readonly patterns: readonly { readonly subject: string; readonly pattern: string }[];
  readonly composite: CompositeSpec | undefined;
  readonly file: string;
  readonly element: Element;
}

/** "N times in T seconds from the same source." */
export interface CompositeSpec {
  readonly frequency: number;
  /** Seconds. */
  readonly timeframe: number;
  /** Which events count: those of one rule, or those of all rules of a group. */
  readonly target: { readonly sid: number } | { readonly group: string };
  /** What the counted events must have in common: names of `subjects`. */
  readonly same: readonly string[];
}
