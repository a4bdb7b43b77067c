import { whole } from "../../config/numbers.ts";
import { refuse } from "../../config/xml.ts";
import { compilePattern } from "../../pattern/compile.ts";
import { commonOf } from "./elements.ts";
import { attempt, joined, lastOf, type Reading } from "./reading.ts";
import type { CompositeSpec, Target } from "./spec.ts";

/** OSSEC's `analysisd.default_timeframe`, in seconds. */
const defaultTimeframe = 360;

/** What a rule counts; undefined for one that does not. */
export function compositeOf(
  reading: Reading,
  number: (name: string) => number | undefined,
): CompositeSpec | undefined {
  const { element, file } = reading;
  const frequency = number("frequency") ?? 0;
  const { same, different } = commonsOf(reading);
  const target = targetOf(reading);
  if (!target) {
    // With check_diff OSSEC does not count at all.
    if (lastOf(reading, "check_diff")) return undefined;
    if (frequency === 0 && same.length + different.length === 0) return undefined;
    throw refuse(
      file,
      element,
      "counts, but has no <if_matched_sid>, <if_matched_group> or <if_matched_regex>",
    );
  }
  return { frequency, timeframe: number("timeframe") ?? defaultTimeframe, target, same, different };
}

function targetOf(reading: Reading): Target | undefined {
  const sid = lastOf(reading, "if_matched_sid");
  const group = joined(reading, "if_matched_group");
  if (sid) {
    const id = attempt(reading.file, sid, () => whole(sid.text.trim(), 0, 99_999_999));
    return id === 0 ? { by: "any" } : { by: "sid", sid: id };
  }
  if (group !== undefined) return { by: "group", group: reading.compatible ? group : group.trim() };
  return regexTarget(reading);
}

function regexTarget(reading: Reading): Target | undefined {
  const source = joined(reading, "if_matched_regex");
  const element = lastOf(reading, "if_matched_regex");
  if (source === undefined || !element) return undefined;
  const pattern = attempt(reading.file, element, () => compilePattern("regex", source));
  return { by: "regex", pattern };
}

/** OSSEC's `not_same_…` only takes back a `same_…` that stands above it. */
function commonsOf({ element, compatible }: Reading) {
  const same = new Set<string>();
  const different = new Set<string>();
  for (const { name } of element.children) {
    const common = commonOf(name);
    if (common?.kind === "same") same.add(common.subject);
    else if (common && compatible && name.startsWith("not_same_")) same.delete(common.subject);
    else if (common) different.add(common.subject);
  }
  return { same: [...same], different: [...different] };
}
