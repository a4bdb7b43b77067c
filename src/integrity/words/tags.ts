import type { JudgedChange } from "../entry.ts";
import type { SeenChange } from "../seen.ts";

/** The tags that the settings give these files, each once, as a field of a finding: "web,shop". None, no field. */
export function tagsOf(judged: readonly JudgedChange[]): { readonly tags?: string } {
  const tags = judged.flatMap(({ change }) => tagsOfOne(change));
  return tags.length > 0 ? { tags: [...new Set(tags)].join(",") } : {};
}

/** The same as a line for people, or none. */
export function tagLine(judged: readonly JudgedChange[]): string[] {
  const { tags } = tagsOf(judged);
  return tags === undefined ? [] : [`Tags: ${tags}`];
}

function tagsOfOne({ tags = [] }: SeenChange): readonly string[] {
  return tags;
}
