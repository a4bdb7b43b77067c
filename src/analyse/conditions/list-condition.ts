import type { Event } from "../../core/event.ts";
import { compilePattern } from "../../pattern/compile.ts";
import type { ListCondition } from "../rules/spec.ts";
import { type Subject, subjectOf } from "../subjects.ts";
import type { List } from "./lists.ts";

/**
 * Compiles `<list field="…" lookup="…" check_value="…">`. An event without the field fails, also where the key must not be in
 * the list. OSSEC's `address_match_key_value` means the opposite of its name, and its `user` is srcuser first. Throws a
 * `Failure` for a check_value that is no pattern.
 */
export function listCondition(
  { field, lookup, checkValue = "" }: ListCondition,
  list: List,
  compatible: boolean,
): (event: Event) => boolean {
  const read = subject(field, compatible);
  const isAddress = lookup.includes("address");
  const find = isAddress ? list.ofAddress : list.get;
  const holds = verdict(lookup, checkValue, compatible);
  return (event) => {
    const text = read(event);
    return text !== undefined && holds(find(text));
  };
}

function verdict(
  lookup: string,
  checkValue: string,
  compatible: boolean,
): (value: string | undefined) => boolean {
  if (lookup.startsWith("not_")) return (value) => value === undefined;
  if (!lookup.endsWith("_value")) return (value) => value !== undefined;
  const pattern = compilePattern("match", checkValue);
  const fits = (value: string | undefined) => value !== undefined && pattern.test(value);
  return compatible && lookup === "address_match_key_value" ? (value) => !fits(value) : fits;
}

function subject(field: string, compatible: boolean): Subject {
  if (field === "user" && compatible) {
    return ({ fields }) => fields["srcuser"] ?? fields["dstuser"];
  }
  // Addresses as they are written: a list may have parts of them.
  if (field === "srcip" || field === "dstip") return ({ fields }) => fields[field];
  return subjectOf(field);
}
