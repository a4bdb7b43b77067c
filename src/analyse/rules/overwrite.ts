import { refuse } from "../../config/xml.ts";
import { mapAll } from "../../core/failure.ts";
import type { RuleSpec, TextCondition } from "./spec.ts";

/**
 * The rules of all layers, where a later one replaces an earlier one of the same id in its place. Throws a `Failure` for
 * an id that a layer uses twice.
 */
export function replaced(layers: readonly (readonly RuleSpec[])[]): RuleSpec[] {
  const rules = new Map<number, RuleSpec>();
  for (const layer of layers) addLayer(layer, rules);
  return [...rules.values()];
}

function addLayer(layer: readonly RuleSpec[], rules: Map<number, RuleSpec>): void {
  const here = new Map<number, RuleSpec>();
  mapAll(layer, (spec) => {
    const known = here.get(spec.id);
    if (known && !spec.overwrite) throw usedTwice(known, spec);
    const before = rules.get(spec.id);
    const next = before && spec.overwrite ? insteadOf(before, spec) : spec;
    here.set(spec.id, next);
    rules.set(spec.id, { ...next, overwrite: false });
  });
}

/** An overwriting rule that names no parent stays where the old one stood. */
function insteadOf(before: RuleSpec, spec: RuleSpec): RuleSpec {
  return spec.parents.by === "category" && spec.category === undefined
    ? { ...spec, parents: before.parents, category: before.category }
    : spec;
}

/** Refuses a rule whose id another one has. */
export function usedTwice(known: RuleSpec, spec: RuleSpec): Error {
  const where = `${known.file}:${known.element.line}`;
  const hint = 'give it another id, or overwrite="yes"';
  return refuse(spec.file, spec.element, `has the id ${spec.id}, which ${where} has too`, hint);
}

/**
 * What OSSEC makes of a rule and the one that overwrites it (`rules.c`): PCRE2 and geographic patterns, fields, lists and
 * what is ignored stay as they were, as does its place and what it counts; all else is the new one's.
 */
export function overwritten(before: RuleSpec, spec: RuleSpec): RuleSpec {
  const stays = ({ element }: TextCondition) =>
    element.endsWith("pcre2") || element === "field" || element.includes("geoip");
  const { lists, ignoreParts, ignoredParts, details, parents, category } = before;
  const texts = [
    ...spec.texts.filter((one) => !stays(one)),
    ...before.texts.filter((one) => stays(one)),
  ];
  return { ...spec, texts, lists, ignoreParts, ignoredParts, details, parents, category };
}
