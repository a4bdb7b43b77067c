import type { Event } from "../../core/event.ts";
import type { TextOf } from "../hashing.ts";
import { cutReader, keyReaders, type Parts } from "./parts.ts";

/** OSSEC's limit of a key, in bytes. */
const longestKey = 255;

/** The parts that a decoder's `<fts>` can name, in OSSEC's order (`fts.c`). */
const parts: Parts = [
  ["name", ({ decoder }) => decoder],
  ["id", ({ fields }) => fields["id"]],
  ["dstuser", ({ fields }) => fields["dstuser"]],
  ["srcuser", ({ fields }) => fields["srcuser"]],
  ["srcip", ({ fields }) => fields["srcip"]],
  ["dstip", ({ fields }) => fields["dstip"]],
  ["extra_data", ({ fields }) => fields["extra_data"]],
  ["system_name", ({ fields }) => fields["system_name"]],
  ["location", ({ location }) => location],
];

/**
 * By what `<if_fts>` knows an event, its decoder's name always among it; undefined for one of a decoder that does not say
 * what makes it new. OSSEC tells the parts apart by a blank, which they may contain, and forgets what does not fit.
 */
export function seenKeys(compatible: boolean): (event: Event) => TextOf<Event> | undefined {
  const cut = (text: string) => Buffer.from(text).toString("utf8", 0, longestKey);
  const readerFor = keyReaders(parts, compatible ? " " : "\0", {
    always: ["name"],
    cut: compatible ? (reader) => cutReader(reader, longestKey, cut) : undefined,
  });
  return ({ decoder, fts }) => (decoder === undefined || !fts ? undefined : readerFor(fts));
}
