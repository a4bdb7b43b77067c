import { refuse } from "../../config/xml.ts";
import type { Category, Event } from "../../core/event.ts";
import { compileOsMatch } from "./os-match.ts";
import type { RuleSpec } from "./spec.ts";
import { subjectOf } from "./subjects.ts";

/** A rule in its place: its own conditions compiled, its children in the order in which they are tried. */
export interface Node {
  readonly spec: RuleSpec;
  /** Whether the event fulfils the rule's own conditions; history is not among them. */
  matches(event: Event): boolean;
  children: Node[];
  /** The children that an event of a decoder could match at all, so that the others need not be tried. */
  readonly byDecoder: Map<string | undefined, readonly Node[]>;
}

/** All rules, placed. */
export interface RuleTree {
  readonly roots: ReadonlyMap<Category, Node>;
  readonly rules: ReadonlyMap<number, RuleSpec>;
  readonly nodes: readonly Node[];
}

/**
 * Places the rules below each other as OSSEC does: below the rules of `if_sid` or `if_group`, else below their category;
 * a rule that counts another's events without naming a parent below that one. Siblings are tried with level 0 first,
 * then from the highest level down, equal ones in the order they were read. Throws a `Failure` with file and line for
 * an unknown parent or an id that is used twice.
 */
export function placeRules(specs: readonly RuleSpec[]): RuleTree {
  const rules = unique(specs);
  const nodes = new Map<number, Node>();
  const roots = new Map<Category, Node>();
  for (const spec of rules.values()) {
    const node = nodeOf(spec);
    for (const parent of parentsOf(spec, nodes, roots)) parent.children.push(node);
    nodes.set(spec.id, node);
  }
  for (const node of [...nodes.values(), ...roots.values()]) {
    node.children = node.children.toSorted((a, b) => rank(b.spec) - rank(a.spec));
  }
  return { roots, rules, nodes: [...nodes.values()] };
}

/** The children of `node` worth trying on an event of this decoder. */
export function candidates(node: Node, decoder: string | undefined): readonly Node[] {
  const known = node.byDecoder.get(decoder);
  if (known) return known;
  const found = node.children.filter(
    ({ spec }) => spec.decodedAs === undefined || spec.decodedAs === decoder,
  );
  node.byDecoder.set(decoder, found);
  return found;
}

function unique(specs: readonly RuleSpec[]): Map<number, RuleSpec> {
  const rules = new Map<number, RuleSpec>();
  for (const spec of specs) {
    const known = rules.get(spec.id);
    if (known && !spec.overwrite) {
      const where = `${known.file}:${known.element.line}`;
      const hint = 'give it another id, or overwrite="yes"';
      throw refuse(spec.file, spec.element, `has the id ${spec.id}, which ${where} has too`, hint);
    }
    // An overwriting rule keeps the place of the one it replaces.
    rules.set(spec.id, spec);
  }
  return rules;
}

function nodeOf(spec: RuleSpec): Node {
  const tests = spec.patterns.map(({ subject, pattern }) => {
    const read = subjectOf(subject);
    const test = compileOsMatch(pattern);
    return (event: Event) => {
      const text = read(event);
      return text !== undefined && test(text.toLowerCase());
    };
  });
  const { decodedAs } = spec;
  return {
    spec,
    matches: (event) =>
      (decodedAs === undefined || event.decoder === decodedAs) &&
      tests.every((test) => test(event)),
    children: [],
    byDecoder: new Map(),
  };
}

function parentsOf(
  spec: RuleSpec,
  nodes: ReadonlyMap<number, Node>,
  roots: Map<Category, Node>,
): Node[] {
  const target = spec.composite?.target;
  const implied = target && "sid" in target && spec.ifGroup === undefined ? [target.sid] : [];
  const sids = spec.ifSid.length > 0 ? spec.ifSid : implied;
  if (sids.length > 0) return sids.map((sid) => parentBySid(sid, spec, nodes));
  const group = spec.ifGroup ?? (target && "group" in target ? target.group : undefined);
  if (group !== undefined) return parentsByGroup(group, spec, nodes);
  const category = spec.category ?? "syslog";
  const root = roots.get(category) ?? nodeOf({ ...spec, patterns: [], decodedAs: undefined });
  roots.set(category, root);
  return [root];
}

function parentBySid(sid: number, spec: RuleSpec, nodes: ReadonlyMap<number, Node>): Node {
  const parent = nodes.get(sid);
  if (parent) return parent;
  const hint = "rules are read in the order of their file names, parents first";
  throw refuse(
    spec.file,
    spec.element,
    `${spec.id} names the rule ${sid}, which is not known`,
    hint,
  );
}

function parentsByGroup(group: string, spec: RuleSpec, nodes: ReadonlyMap<number, Node>): Node[] {
  const found = [...nodes.values()].filter((node) => node.spec.groups.includes(group));
  if (found.length > 0) return found;
  throw refuse(
    spec.file,
    spec.element,
    `${spec.id} names the group "${group}", which has no rules`,
  );
}

function rank(spec: RuleSpec): number {
  if (spec.element.attributes["accuracy"] === "0") return -1;
  return spec.level === 0 ? 100 : spec.level;
}
