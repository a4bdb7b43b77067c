import type { Event } from "../../core/event.ts";
import type { TextOf } from "../hashing.ts";
import { cutReader, keyReaders, type Parts } from "./parts.ts";

/** OSSEC's limit of an entry, in bytes. */
const longestEntry = 255;

/** The parts of an event in the order in which OSSEC writes them (`fts.c`), by what `<ignore>` calls them. */
const parts: Parts = [
  ["name", ({ decoder }) => decoder],
  ["id", ({ fields }) => fields["id"]],
  ["user", ({ fields }) => fields["dstuser"]],
  ["srcip", ({ fields }) => fields["srcip"]],
  ["dstip", ({ fields }) => fields["dstip"]],
  ["data", ({ fields }) => fields["extra_data"]],
  ["systemname", ({ fields }) => fields["system_name"]],
  ["location", ({ location }) => location],
];

/**
 * By what an event is ignored from now on, or looked up among those that are: the parts that `<ignore>` or
 * `<check_if_ignored>` names. Undefined when it lacks one of them. To OSSEC that one is then empty, and all events
 * without it are ignored together; and parts are told apart by a blank, which they may contain.
 */
export function ignoreKeys(
  compatible: boolean,
): (event: Event, named: readonly string[]) => TextOf<Event> | undefined {
  const cut = (text: string) => Buffer.from(text).toString("latin1", 0, longestEntry);
  const readerFor = keyReaders(parts, compatible ? " " : "\0", {
    cut: compatible ? (reader) => cutReader(reader, longestEntry, cut) : undefined,
  });
  return (event, named) => {
    const reader = readerFor(named);
    return compatible || reader.hasAll(event) ? reader : undefined;
  };
}

/** What `<check_if_ignored>` really looks at: OSSEC asks the rule's `<ignore>` whether the data belong to it. */
export function partsLookedAt(
  ignoredParts: readonly string[],
  ignoreParts: readonly string[],
  compatible: boolean,
): readonly string[] {
  if (!compatible) return ignoredParts;
  const others = ignoredParts.filter((part) => part !== "data");
  return ignoreParts.includes("data") ? [...others, "data"] : others;
}
