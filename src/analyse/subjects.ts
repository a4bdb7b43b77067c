import { familyOf } from "../core/address.ts";
import { coveredBy } from "../core/block.ts";
import type { Event } from "../core/event.ts";

/** A part of an event, by which rules judge. `undefined` means that it has none, and then no condition on it holds. */
export type Subject = (event: Event) => string | undefined;

/** What a rule can look at, by name. `field:NAME` is any field of the decoder, in either case. */
export function subjectOf(name: string): Subject {
  const own = subjects[name];
  if (own) return own;
  if (name.startsWith("field:")) return dynamic(name.slice(6));
  return (event) => event.fields[name];
}

const subjects: Readonly<Record<string, Subject>> = {
  log: (event) => event.log,
  program_name: (event) => event.program,
  hostname: (event) => event.host,
  location: (event) => event.location,
  // OSSEC's own order: whom it is about, and only then who acts.
  user: ({ fields }) => fields["dstuser"] ?? fields["srcuser"],
  // Who counts as one source is who would be blocked as one: an IPv4 address, the /64 of an IPv6 address.
  source: sourceOf,
  // Addresses as addresses, so that two ways of writing one are one.
  srcip: (event) => event.srcip,
  dstip: (event) => event.dstip,
};

/**
 * What a class of verdicts proves of an address says nothing of another's: else packets with somebody's forged address could
 * make up the count for which his next proven step has him blocked.
 */
function sourceOf({ srcip, verdict }: Event): string | undefined {
  if (!srcip) return undefined;
  const source = familyOf(srcip) === 4 ? srcip : coveredBy(srcip).text;
  return !verdict || verdict.class === "attacked-by" ? source : `${source} ${verdict.class}`;
}

/** Decoders name their fields as they like; rules find them in either case. */
function dynamic(name: string): Subject {
  const wanted = name.toLowerCase();
  return ({ fields }) => {
    const value = fields[name];
    if (value !== undefined) return value;
    for (const key in fields) if (key.toLowerCase() === wanted) return fields[key];
    return undefined;
  };
}
