import { refuse } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";
import { mapAll, refuseAll } from "../../core/failure.ts";
import { groupTest } from "./groups.ts";
import { type Homeless, refusalsOf } from "./homeless.ts";
import { overwritten, replaced, usedTwice } from "./overwrite.ts";
import { plainRoot } from "./plain-root.ts";
import type { RuleSpec } from "./spec.ts";
import type { Counted, Node, Rule, RuleTree } from "./tree.ts";

/**
 * Places rules below each other, exactly as OSSEC does (`rules_list.c`): a child stands below every node of its parent
 * that the search from the first root comes by; siblings are tried with level 0 first, then from the highest level down,
 * equal ones in the order they were read, `accuracy="0"` last; a rule below 10 is a root. Each layer replaces rules of
 * earlier ones that have the same id: so the admin's rules win over the shipped ones. Throws a `Failure` with file and
 * line for an unknown parent or an id that is used twice.
 *
 * Not compatible, a parent may also be read later than its children, and a category needs no root of its own.
 */
export function placeRules(layers: readonly (readonly RuleSpec[])[], compatible = false): RuleTree {
  const specs = compatible ? layers.flat() : replaced(layers);
  const planting = new Planting(compatible);
  refuseAll(refusalsOf(planting.addAll(specs), compatible));
  return planting.tree();
}

/** While the tree grows: OSSEC's working level orders siblings. */
interface Growing extends Node {
  readonly rule: GrowingRule;
  readonly children: Growing[];
}

/** A class, so that all have one shape: a getter in a literal gives each a shape of its own, and every look at it is slow. */
class GrowingRule implements Rule {
  spec: RuleSpec;
  level: number;
  counted: Counted | undefined;
  readonly number: number;
  readonly working: number;
  category: Category;
  places = 0;

  constructor(
    spec: RuleSpec,
    { number, level, working }: { number: number; level: number; working: number },
  ) {
    this.spec = spec;
    this.number = number;
    this.level = level;
    this.working = working;
    this.category = spec.category ?? "syslog";
    this.counted = undefined;
  }
}

class Planting {
  readonly #compatible: boolean;
  readonly #rules = new Map<number, GrowingRule>();
  readonly #roots: Growing[] = [];
  #size = 0;
  #numbers = 0;

  constructor(compatible: boolean) {
    this.#compatible = compatible;
  }

  /** Returns those whose parents are not known. */
  addAll(specs: readonly RuleSpec[]): Homeless[] {
    const left = mapAll(specs, (spec) => {
      const missing = this.#missingOf(spec);
      return this.#add(spec) ? [] : [{ spec, missing }];
    }).flat();
    if (this.#compatible || left.length === 0 || left.length === specs.length) return left;
    return this.addAll(left.map(({ spec }) => spec));
  }

  tree(): RuleTree {
    const roots = this.#roots.map((node) => ({ node, category: node.rule.category }));
    return { roots, rules: this.#rules, size: this.#size, compatible: this.#compatible };
  }

  #missingOf({ parents }: RuleSpec): number | undefined {
    if (parents.by !== "sid") return undefined;
    return parents.sids.find((sid) => sid !== 0 && !this.#rules.has(sid));
  }

  /** Whether it found its place. */
  #add(spec: RuleSpec): boolean {
    const known = this.#rules.get(spec.id);
    if (known && spec.overwrite && spec.id >= 10) {
      known.spec = overwritten(known.spec, spec);
      known.level = finalLevel(known.spec, this.#compatible);
      return true;
    }
    if (spec.overwrite && spec.id >= 10 && this.#compatible) {
      throw refuse(spec.file, spec.element, `overwrites the rule ${spec.id}, which is not known`);
    }
    if (known) throw usedTwice(known.spec, spec);
    const rule = this.#ruleOf(spec);
    if (this.#isRoot(spec)) this.#insert(this.#roots, rule);
    else if (!this.#attach(rule)) return false;
    this.#rules.set(spec.id, rule);
    rule.counted = this.#countedBy(rule);
    return true;
  }

  /** OSSEC takes any rule below 10 for a root; ours must also be one that only stands for its category. */
  #isRoot({ id, noalert, level, parents, texts }: RuleSpec): boolean {
    if (id >= 10) return false;
    const isPlain = noalert && level === 0 && parents.by === "category" && texts.length === 0;
    return this.#compatible || isPlain;
  }

  #ruleOf(spec: RuleSpec): GrowingRule {
    const raw = spec.level === 0 ? 99 : spec.level;
    const working = spec.isLast ? raw : raw * 100;
    const level = finalLevel(spec, this.#compatible);
    return new GrowingRule(spec, { number: this.#numbers++, level, working });
  }

  #insert(siblings: Growing[], rule: GrowingRule): void {
    const place = siblings.findIndex((sibling) => sibling.rule.working < rule.working);
    const node = { rule, children: [], index: this.#size++ };
    rule.places += 1;
    // Roots are in the order they were read.
    if (place < 0 || siblings === this.#roots) siblings.push(node);
    else siblings.splice(place, 0, node);
  }

  #attach(rule: GrowingRule): boolean {
    const { parents } = rule.spec;
    switch (parents.by) {
      case "sid":
        return this.#attachBySids(rule, parents.sids);
      case "level": {
        this.#attachByLevel(rule, parents.level);
        return true;
      }
      case "group": {
        const isIn = groupTest(parents.group, this.#compatible);
        return this.#attachWhere(rule, (parent) => isIn(parent.spec)) > 0;
      }
      case "category":
        return this.#attachByCategory(rule);
    }
  }

  /** For OSSEC a rule of level 0 is above all others here, the roots among them. */
  #attachByLevel(rule: GrowingRule, level: number): void {
    if (level === 0) return;
    this.#attachWhere(rule, (parent) =>
      this.#compatible ? parent.working >= level * 100 : parent.level >= level,
    );
  }

  #attachBySids(rule: GrowingRule, sids: readonly number[]): boolean {
    if (this.#missingOf(rule.spec) !== undefined) return false;
    for (const sid of sids) {
      if (sid === 0) this.#attachByCategory(rule);
      else this.#attachBelow(this.#roots, sid, rule);
    }
    return rule.places > 0;
  }

  /** Below the first node of that id in this list, and of every list that the search comes by before it. */
  #attachBelow(siblings: readonly Growing[], sid: number, rule: GrowingRule): void {
    for (const node of siblings) {
      if (node.rule.spec.id === sid) {
        rule.category = node.rule.category;
        this.#insert(node.children, rule);
        return;
      }
      if (node.children.length > 0) this.#attachBelow(node.children, sid, rule);
    }
  }

  #attachWhere(rule: GrowingRule, isParent: (parent: GrowingRule) => boolean): number {
    const visit = (siblings: readonly Growing[]): number => {
      let found = 0;
      for (const node of [...siblings]) {
        if (node.rule === rule) continue;
        found += visit(node.children);
        if (!isParent(node.rule)) continue;
        this.#insert(node.children, rule);
        found += 1;
      }
      return found;
    };
    return visit(this.#roots);
  }

  #attachByCategory(rule: GrowingRule): boolean {
    const root = this.#roots.find((node) => node.rule.category === rule.category);
    if (root) this.#insert(root.children, rule);
    if (root || this.#compatible) return root !== undefined;
    this.#insert(this.#roots, this.#rootAbove(rule));
    return this.#attachByCategory(rule);
  }

  #rootAbove({ spec, category }: GrowingRule): GrowingRule {
    const number = this.#numbers++;
    const root = new GrowingRule(plainRoot(spec), { number, level: 0, working: 9900 });
    root.category = category;
    return root;
  }

  /** Of the rules that were read so far. */
  #countedBy(rule: GrowingRule): Counted | undefined {
    const target = rule.spec.composite?.target;
    if (!target) return undefined;
    if (target.by === "sid") return { by: "sid", rule: this.#rules.get(target.sid) };
    if (target.by !== "group") return { by: "all" };
    const isIn = groupTest(target.group, this.#compatible);
    const rules = [...this.#rules.values()].filter(({ spec }) => isIn(spec));
    return { by: "group", rules: rules.flatMap((one) => new Array(one.places).fill(one)) };
  }
}

/** OSSEC takes a rule of level 0 with `accuracy="0"` for one of level 99, and level 99 for level 0. */
function finalLevel({ level, isLast }: RuleSpec, compatible: boolean): number {
  if (!compatible) return level;
  if (level === 99) return isLast ? 99 : 0;
  return level === 0 && isLast ? 99 : level;
}
