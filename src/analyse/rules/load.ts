import { readText } from "../../config/load.ts";
import { Failure, mapAll } from "../../core/failure.ts";
import { placeRules } from "./place.ts";
import { readRules } from "./read.ts";
import type { RuleTree } from "./tree.ts";

/**
 * Reads rule files, each layer in its order: the shipped rules first, then the admin's, which replace shipped ones of the
 * same id. `compatible` reads and places them as OSSEC does. Throws a `Failure` with file, line and what is wrong, of each
 * rule the first mistake; no rules at all is one too, because nothing would ever fire.
 */
export function loadRules(layers: readonly (readonly string[])[], compatible = false): RuleTree {
  const specs = mapAll(layers, (files) =>
    mapAll(files, (file) => readRules(readText(file), file, compatible)).flat(),
  );
  if (specs.some((layer) => layer.length > 0)) return placeRules(specs, compatible);
  throw new Failure("there are no rules", {
    hint: "reinstall Stockade, its rules are missing",
  });
}
