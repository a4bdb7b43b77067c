import type { Dialect } from "../../pattern/pattern.ts";

/** What an element of a rule tests with a pattern. */
export interface TextElement {
  /** A name of `subjects.ts`. */
  readonly subject: string;
  readonly dialect: Dialect;
}

const subjects: Readonly<Record<string, string>> = {
  program_name: "program_name",
  hostname: "hostname",
  user: "user",
  id: "id",
  url: "url",
  status: "status",
  extra_data: "extra_data",
  srcport: "srcport",
  dstport: "dstport",
  srcgeoip: "srcgeoip",
  dstgeoip: "dstgeoip",
};

/** Of these OSSEC knows no other form: `<action>` is compared, the rest it does not have. */
const more: Readonly<Record<string, string>> = {
  action: "action",
  protocol: "protocol",
  location: "location",
  srcuser: "srcuser",
};

const both = (name: string, subject: string): [string, TextElement][] => [
  [name, { subject, dialect: "match" }],
  [`${name}_pcre2`, { subject, dialect: "pcre2" }],
];

/** The elements that hold a pattern, by name. A `_pcre2` form comes after its plain form. */
export const textElements: ReadonlyMap<string, TextElement> = new Map([
  ...both("match", "log"),
  ["regex", { subject: "log", dialect: "regex" }],
  ["pcre2", { subject: "log", dialect: "pcre2" }],
  ...Object.entries({ ...subjects, ...more }).flatMap(([name, subject]) => both(name, subject)),
] satisfies [string, TextElement][]);

/** The plain form OSSEC prefers to a `_pcre2` form when a rule has both. */
export function plainForm(name: string): string | undefined {
  if (name === "pcre2") return "regex";
  return name.endsWith("_pcre2") ? name.slice(0, -6) : undefined;
}

/** What events that are counted can have in common, or not: the end of `same_…`, `different_…` and `not_same_…`. */
const commons: Readonly<Record<string, string>> = {
  source_ip: "source",
  srcip: "source",
  dst_ip: "dstip",
  dstip: "dstip",
  src_port: "srcport",
  srcport: "srcport",
  dst_port: "dstport",
  dstport: "dstport",
  user: "user",
  srcuser: "srcuser",
  location: "hostname",
  agent: "hostname",
  id: "id",
  url: "url",
  status: "status",
  protocol: "protocol",
  srcgeoip: "srcgeoip",
};

/** What `same_…`, `different_…` or `not_same_…` asks for; undefined for other elements. */
export function commonOf(
  name: string,
): { readonly kind: "same" | "different"; readonly subject: string } | undefined {
  const [, kind, end = ""] = /^(same|different|not_same)_(.*)$/.exec(name) ?? [];
  const subject = commons[end];
  if (kind === undefined || subject === undefined) return undefined;
  return { kind: kind === "same" ? "same" : "different", subject };
}

/** Elements that are read one by one. */
export const otherElements: readonly string[] = [
  "description",
  "group",
  "options",
  "category",
  "decoded_as",
  "if_sid",
  "if_level",
  "if_group",
  "if_fts",
  "if_matched_sid",
  "if_matched_group",
  "if_matched_regex",
  "srcip",
  "dstip",
  "field",
  "time",
  "weekday",
  "list",
  "compiled_rule",
  "check_diff",
  "ignore",
  "check_if_ignored",
  "info",
  "cve",
];

/** What `<ignore>` and `<check_if_ignored>` can name, in the order in which OSSEC looks for them. */
export const ignorable: readonly string[] = [
  "user",
  "srcip",
  "dstip",
  "id",
  "location",
  "data",
  "name",
];

export const listFields: readonly string[] = [
  "srcip",
  "srcport",
  "dstip",
  "dstport",
  "user",
  "url",
  "id",
  "hostname",
  "program_name",
  "status",
  "action",
];

export const listLookups: readonly string[] = [
  "match_key",
  "not_match_key",
  "match_key_value",
  "address_match_key",
  "not_address_match_key",
  "address_match_key_value",
];
