import { whole } from "../../config/numbers.ts";
import { refuse } from "../../config/xml.ts";
import { attempt, joined, lastOf, type Reading } from "./reading.ts";
import type { Parents, Target } from "./spec.ts";

/**
 * Where a rule stands: below the first of if_sid, if_level and if_group that it names; a rule that counts below what it
 * counts; any other below its category (`rules_list.c`).
 */
export function parentsOf(reading: Reading, target: Target | undefined): Parents {
  const sids = joined(reading, "if_sid");
  const level = joined(reading, "if_level");
  const group = joined(reading, "if_group");
  const counted = countedBy(target, sids !== undefined || group !== undefined);
  if (sids !== undefined) return { by: "sid", sids: sidsIn(sids, reading) };
  if (counted?.by === "sid") return counted;
  if (level !== undefined) {
    const element = lastOf(reading, "if_level") ?? reading.element;
    return {
      by: "level",
      level: attempt(reading.file, element, () => whole(level.trim(), 0, 9999)),
    };
  }
  if (group !== undefined) {
    return { by: "group", group: reading.compatible ? group : group.trim() };
  }
  return counted ?? { by: "category" };
}

function countedBy(target: Target | undefined, isPlaced: boolean): Parents | undefined {
  if (isPlaced) return undefined;
  if (target?.by === "sid") return { by: "sid", sids: [target.sid] };
  return target?.by === "group" ? { by: "group", group: target.group } : undefined;
}

/** OSSEC reads an id 0, the category, behind a trailing comma or blank. */
function sidsIn(text: string, reading: Reading): number[] {
  const { file, compatible } = reading;
  const element = lastOf(reading, "if_sid") ?? reading.element;
  const parts = compatible ? text.split(/[, ]/) : text.trim().split(/[,\s]+/);
  const named = parts.filter((part) => part !== "");
  const sids = named.map((part) => attempt(file, element, () => whole(part, 0, 99_999_999)));
  if (compatible) return parts.at(-1) === "" ? [...sids, 0] : sids;
  if (sids.length === 0) throw refuse(file, element, "is empty, expected the id of a rule");
  return sids;
}
