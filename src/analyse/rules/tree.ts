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
 * then from the highest level down, equal ones in the order they were read. A later layer replaces rules of an earlier
 * one that have the same id: so the admin's rules win over the shipped ones. Throws a `Failure` with file and line for
 * an unknown parent, a circle, or an id that is used twice in a layer.
 */
export function placeRules(layers: readonly (readonly RuleSpec[])[]): RuleTree {
  const rules = new Map<number, RuleSpec>();
  for (const layer of layers) addLayer(layer, rules);
  const nodes = new Map([...rules.values()].map((spec) => [spec.id, nodeOf(spec)]));
  const roots = new Map<Category, Node>();
  for (const node of nodes.values()) {
    for (const parent of parentsOf(node.spec, nodes, roots)) parent.children.push(node);
  }
  for (const node of [...nodes.values(), ...roots.values()]) {
    node.children = node.children.toSorted((a, b) => rank(b.spec) - rank(a.spec));
  }
  for (const node of nodes.values()) refuseCircle(node, node.spec, new Set());
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

/** A rule that replaces another keeps its place among the siblings. */
function addLayer(layer: readonly RuleSpec[], rules: Map<number, RuleSpec>): void {
  const here = new Map<number, RuleSpec>();
  for (const spec of layer) {
    const known = here.get(spec.id);
    if (known && !spec.overwrite) {
      const where = `${known.file}:${known.element.line}`;
      const hint = 'give it another id, or overwrite="yes"';
      throw refuse(spec.file, spec.element, `has the id ${spec.id}, which ${where} has too`, hint);
    }
    here.set(spec.id, spec);
    rules.set(spec.id, spec);
  }
}

function refuseCircle(node: Node, start: RuleSpec, seen: Set<Node>): void {
  for (const child of node.children) {
    if (child.spec === start) {
      throw refuse(start.file, start.element, `${start.id} stands below itself`);
    }
    if (seen.has(child)) continue;
    seen.add(child);
    refuseCircle(child, start, seen);
  }
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
  throw refuse(spec.file, spec.element, `${spec.id} names the rule ${sid}, which is not known`);
}

/** Only rules that were read earlier, as in OSSEC: so a group's rules cannot stand below each other in a circle. */
function parentsByGroup(group: string, spec: RuleSpec, nodes: ReadonlyMap<number, Node>): Node[] {
  const all = [...nodes.values()];
  const earlier = all.slice(
    0,
    all.findIndex((node) => node.spec === spec),
  );
  const found = earlier.filter((node) => node.spec.groups.includes(group));
  if (found.length > 0) return found;
  const problem = `${spec.id} names the group "${group}", which has no rules before it`;
  throw refuse(spec.file, spec.element, problem);
}

function rank(spec: RuleSpec): number {
  if (spec.element.attributes["accuracy"] === "0") return -1;
  return spec.level === 0 ? 100 : spec.level;
}
