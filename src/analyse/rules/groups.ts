import type { RuleSpec } from "./spec.ts";

/**
 * Whether a rule belongs to the group that another one names; `|` stands between several. Ours: it has that name among
 * its groups. OSSEC's: the text stands anywhere in its list of groups, or at its start after "^" (`OS_WordMatch`).
 */
export function groupTest(wanted: string, compatible: boolean): (spec: RuleSpec) => boolean {
  const names = wanted.toLowerCase().split("|");
  if (compatible) return ({ groupText }) => names.some((name) => isIn(name, groupText));
  const clean = names.map((name) => name.replace(/^\^|[,\s]+$/g, "").trim());
  return ({ groups }) => groups.some((group) => clean.includes(group.toLowerCase()));
}

function isIn(name: string, groupText: string): boolean {
  const text = groupText.toLowerCase();
  return name.startsWith("^") ? text.startsWith(name.slice(1)) : text.includes(name);
}
