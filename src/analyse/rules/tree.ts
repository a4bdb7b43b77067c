import type { Category } from "../../core/event.ts";
import type { RuleSpec } from "./spec.ts";

/** A rule, wherever it stands in the tree. */
export interface Rule {
  /** What the files say of it, with what later ones said instead. */
  readonly spec: RuleSpec;
  /** Its own among all rules, from 0. */
  readonly number: number;
  /** 0 to 16. */
  readonly level: number;
  /** What it counts, settled when it was read. */
  readonly counted: Counted | undefined;
}

/** The events a rule counts. OSSEC counts a rule of a group once for each place it has in the tree. */
export type Counted =
  | { readonly by: "sid"; readonly rule: Rule | undefined }
  | { readonly by: "group"; readonly rules: readonly Rule[] }
  | { readonly by: "all" };

/** One place of a rule in the tree. */
export interface Node {
  readonly rule: Rule;
  /** In the order in which they are tried. */
  readonly children: readonly Node[];
  /** Its number among all nodes. */
  readonly index: number;
}

/** A node at the top. Only there the category of an event is asked for. */
interface Root {
  readonly node: Node;
  readonly category: Category;
}

/** All rules, placed. */
export interface RuleTree {
  readonly roots: readonly Root[];
  readonly rules: ReadonlyMap<number, Rule>;
  /** How many nodes there are. */
  readonly size: number;
  /** Whether it was built, and is to be judged, as OSSEC does. */
  readonly compatible: boolean;
}
