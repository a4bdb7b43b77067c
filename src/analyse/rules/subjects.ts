import { familyOf } from "../../core/address.ts";
import { coveredBy } from "../../core/block.ts";
import type { Event } from "../../core/event.ts";

/**
 * What a rule can look at, by the name its language has for it. `undefined` means that the event has none, and then no
 * condition on it holds. `field:NAME` is any field of the decoder.
 */
export function subjectOf(name: string): (event: Event) => string | undefined {
  const own = subjects[name];
  if (own) return own;
  const field = name.startsWith("field:") ? name.slice(6) : name;
  return (event) => event.fields[field];
}

/** Names of elements that test one subject with an OS_Match pattern. */
export const patternElements: Readonly<Record<string, string>> = {
  match: "match",
  program_name: "program_name",
  hostname: "hostname",
  location: "location",
  user: "dstuser",
  id: "id",
  url: "url",
  status: "status",
  action: "action",
  protocol: "protocol",
  extra_data: "extra_data",
  srcport: "srcport",
  dstport: "dstport",
};

/** Names of elements that say what counted events have in common. */
export const sameElements: Readonly<Record<string, string>> = {
  same_source_ip: "source",
  same_dst_ip: "dstip",
  same_src_port: "srcport",
  same_dst_port: "dstport",
  same_user: "dstuser",
  same_id: "id",
  same_location: "hostname",
};

const subjects: Readonly<Record<string, (event: Event) => string | undefined>> = {
  match: (event) => event.log,
  program_name: (event) => event.program,
  hostname: (event) => event.host,
  location: (event) => event.location,
  // Who counts as one source is who would be blocked as one: an IPv4 address, the /64 of an IPv6 address.
  source: ({ srcip }) => srcip && (familyOf(srcip) === 4 ? srcip : coveredBy(srcip).text),
  // Addresses as addresses, so that two ways of writing one are one.
  srcip: (event) => event.srcip,
  dstip: (event) => event.dstip,
};
