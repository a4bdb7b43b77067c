import type { RuleSpec } from "../analyse/rules/spec.ts";
import type { RuleTree } from "../analyse/rules/tree.ts";
import { refuse } from "../config/xml.ts";
import { type Failure, mapAll } from "../core/failure.ts";
import type { Decoders } from "../decode/decoders/decoder.ts";

/** Refuses rules that wait for a decoder that does not exist, all of them in one `Failure`: they would never fire. */
export function checkDecoderNames({ rules }: RuleTree, { names }: Decoders): void {
  mapAll([...rules.values()], ({ spec }) => {
    const { decodedAs } = spec;
    if (decodedAs !== undefined && !names.has(decodedAs))
      throw unknown(spec, decodedAs, [...names]);
  });
}

function unknown({ file, element }: RuleSpec, name: string, names: readonly string[]): Failure {
  const at = element.children.findLast((child) => child.name === "decoded_as") ?? element;
  const near = names
    .filter((one) => alike(one, name) > 0)
    .toSorted((a, b) => alike(b, name) - alike(a, name))
    .slice(0, 3);
  const hints = [
    ...(near.length > 0 ? [`near it: ${near.join(", ")}`] : []),
    "a decoder of your own must stand in a decoder file that is read",
  ];
  const hint = hints.join("; ");
  return refuse(file, at, `is "${name}", expected the name of a decoder`, hint);
}

/** How many letters they begin with are the same. */
function alike(one: string, other: string): number {
  const end = [...one].findIndex((letter, index) => letter !== other[index]);
  return end < 0 ? one.length : end;
}
