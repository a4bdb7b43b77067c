import type { Event } from "../../core/event.ts";
import { type KeyReader, keyReaders, type Parts } from "./parts.ts";
import { hashOf, type TextOf } from "./text-set.ts";

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
  const readerFor = keyReaders(parts, compatible ? " " : "\0", ["name"]);
  const known = new WeakMap<readonly string[], TextOf<Event>>();
  return ({ decoder, fts }) => {
    if (decoder === undefined || !fts) return undefined;
    const before = known.get(fts);
    if (before) return before;
    const reader = readerFor(fts);
    const made = compatible ? cutAsOssec(reader) : reader;
    known.set(fts, made);
    return made;
  };
}

function cutAsOssec({ read, hash, is, length }: KeyReader): TextOf<Event> {
  const cut = (event: Event) => Buffer.from(read(event)).toString("utf8", 0, longestKey);
  const fits = (event: Event) => length(event) * 3 <= longestKey;
  return {
    read: (event) => (fits(event) ? read(event) : cut(event)),
    hash: (event) => (fits(event) ? hash(event) : hashOf(cut(event))),
    is: (event, text) => (fits(event) ? is(event, text) : text === cut(event)),
  };
}
