import type { Findings } from "./findings.ts";
import { rulesTexts } from "./reference/logs.ts";
import { type Element, refuse } from "./xml.ts";

/** What `<rules>` may hold: OSSEC's six names. */
export const ruleSources = Object.keys(rulesTexts);

/**
 * Reads `<rules>`: what is named, in its order, for `ruleFiles` to look up. `pattern`, of the two …_dir, says which files
 * of the folder are meant.
 */
export function readRulesSection(section: Element, findings: Findings): unknown[] {
  return section.children.flatMap(
    (child) => findings.attempt(() => readSource(child, findings.file)) ?? [],
  );
}

function readSource(child: Element, file: string): unknown {
  const { name, text, line } = child;
  if (!ruleSources.includes(name)) {
    throw refuse(file, child, "is no option of <rules>", `options are ${ruleSources.join(", ")}`);
  }
  const path = text.trim();
  if (path === "") throw refuse(file, child, "is empty, expected a path");
  const known = name.endsWith("_dir") ? ["pattern"] : [];
  const strange = Object.keys(child.attributes).find((attribute) => !known.includes(attribute));
  if (strange !== undefined) {
    const expected = known.length > 0 ? `expected ${known.join(", ")}` : "expected none";
    throw refuse(file, child, `has the attribute "${strange}", ${expected}`);
  }
  return { kind: name, path, pattern: child.attributes["pattern"], at: `${file}:${line}` };
}
