import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../../config/load.ts";
import { Failure } from "../../core/failure.ts";
import { readRules } from "./read.ts";
import { placeRules, type RuleTree } from "./tree.ts";

/**
 * Reads every `*.xml` of the folders, folder after folder, each in the order of its file names: the shipped rules first,
 * the admin's after them. A folder that is absent has no rules. Throws a `Failure` with file, line and what is wrong;
 * no rules at all is one too, because nothing would ever fire.
 */
export function loadRules(folders: readonly string[]): RuleTree {
  const files = folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".xml"))
          .sort()
          .map((name) => join(folder, name))
      : [],
  );
  const specs = files.flatMap((file) => readRules(readText(file), file));
  if (specs.length > 0) return placeRules(specs);
  throw new Failure(`there are no rules in ${folders.join(" or ")}`, {
    hint: "reinstall Stockade, its rules are missing",
  });
}
