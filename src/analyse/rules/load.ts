import { join } from "node:path";
import { namesIn, readText } from "../../config/load.ts";
import { Failure } from "../../core/failure.ts";
import { readRules } from "./read.ts";
import { placeRules, type RuleTree } from "./tree.ts";

/**
 * Reads every `*.xml` of the folders, each in the order of its file names: the shipped rules first, then the admin's,
 * which replace shipped ones of the same id. A folder that is absent has no rules. Throws a `Failure` with file, line and what is wrong;
 * no rules at all is one too, because nothing would ever fire.
 */
export function loadRules(folders: readonly string[]): RuleTree {
  const layers = folders.map((folder) =>
    rulesIn(folder).flatMap((file) => readRules(readText(file), file)),
  );
  if (layers.some((layer) => layer.length > 0)) return placeRules(layers);
  throw new Failure(`there are no rules in ${folders.join(" or ")}`, {
    hint: "reinstall Stockade, its rules are missing",
  });
}

function rulesIn(folder: string): string[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".xml"));
  return names.map((name) => join(folder, name));
}
