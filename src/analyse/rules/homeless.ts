import { refuse } from "../../config/xml.ts";
import type { Failure } from "../../core/failure.ts";
import type { RuleSpec } from "./spec.ts";

/** A rule that found no place in the tree. */
export interface Homeless {
  readonly spec: RuleSpec;
  /** The first rule it names in `<if_sid>` that was not known. */
  readonly missing: number | undefined;
}

/**
 * Says of each what is wrong, in the order they were read, without those that only miss one of the others. Where all do,
 * one stands below itself. For OSSEC a parent must be read before.
 */
export function refusalsOf(homeless: readonly Homeless[], compatible: boolean): Failure[] {
  const places = new Map(homeless.map(({ spec }, index) => [spec.id, index]));
  const parentOf = ({ missing }: Homeless) =>
    missing === undefined ? undefined : places.get(missing);
  const own = homeless.filter((one, index) => {
    const parent = parentOf(one);
    return parent === undefined || (compatible && parent >= index);
  });
  if (own.length > 0) return own.map((one) => refusalOf(one, compatible ? " before it" : ""));
  // Going up as often as there are rules ends within a circle.
  const inCircle = homeless.reduce<Homeless | undefined>(
    (at) => at && homeless[parentOf(at) ?? 0],
    homeless[0],
  );
  if (!inCircle) return [];
  const { file, element, id } = inCircle.spec;
  return [refuse(file, element, `${id} stands below itself`)];
}

function refusalOf({ spec, missing }: Homeless, where: string): Failure {
  const { file, element, id, parents } = spec;
  const unknown = () => {
    if (parents.by === "sid") {
      return `names the rule ${missing ?? parents.sids.join(", ")}, which is not known${where}`;
    }
    if (parents.by !== "group") return "has a category without a root";
    return `names the group "${parents.group}", which has no rules${where}`;
  };
  return refuse(file, element, `${id} ${unknown()}`);
}
