import { type Category, categories } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";

/** OSSEC's internal option analysisd.decoder_order_size, as shipped. */
const mostFields = 256;
const mostFts = 8;

/** The slots OSSEC has, by the words of `<order>`. */
const slots: ReadonlyMap<string, string> = new Map([
  ["user", "dstuser"],
  ["data", "extra_data"],
  ...[
    ["dstuser", "srcuser", "srcip", "dstip", "srcport", "dstport", "protocol", "action"],
    ["id", "url", "extra_data", "status", "system_name"],
  ].flatMap((names) => names.map((name) => [name, name] as const)),
]);

/** Reads `<order>`: the names of the fields. Throws a `Failure` at one that is none. */
export function orderOf(text: string): string[] {
  const names = text.split(",").map((word) => fieldNamed(word.trim().split(/\s/)[0] ?? ""));
  if (names.length <= mostFields) return names;
  throw new Failure(`names ${names.length} fields, expected ${mostFields} at the most`);
}

function fieldNamed(word: string): string {
  if (word === "" || word === "__proto__") {
    throw new Failure(`names the field "${word}", expected names with commas between them`);
  }
  // OSSEC looks for "filename" anywhere in the word.
  return slots.get(word) ?? (word.includes("filename") ? "filename" : word);
}

/** The names that OSSEC has no slot for, at their places; undefined when it has one for each. */
export function dynamicOf(order: readonly string[]): (string | undefined)[] | undefined {
  const isSlot = (name: string) => slots.has(name) || name === "filename";
  if (order.every(isSlot)) return undefined;
  return order.map((name) => (isSlot(name) ? undefined : name));
}

/** What OSSEC looks for in each word of `<fts>`, in its order: "srcuser" holds "user", and so means the dstuser. */
const ftsWords = [
  ["user", "dstuser"],
  ["srcip", "srcip"],
  ["dstip", "dstip"],
  ["id", "id"],
  ["location", "location"],
  ["data", "extra_data"],
  ["system_name", "system_name"],
  ["name", "name"],
] as const;

/** Reads `<fts>`: the names of what makes an event new. Throws a `Failure` at a word that names nothing. */
export function ftsOf(text: string): string[] {
  const words = text.split(",");
  const kept = [...words.slice(0, mostFts - 1), words.slice(mostFts - 1).join(",")];
  const names = kept.slice(0, words.length).map((word) => {
    const found = ftsWords.find(([part]) => word.includes(part));
    if (found) return found[1];
    const known = ftsWords.map(([, name]) => name).join(", ");
    throw new Failure(`names "${word.trim()}", expected some of ${known}`);
  });
  return [...new Set(names)];
}

/** No decoder makes its lines alerts of another OSSEC but the one that reads those. */
const types = categories.filter((category) => category !== "ossec-alert");

/** Reads `<type>`. Throws a `Failure` when OSSEC has no such type. */
export function typeOf(text: string): Category {
  const found = types.find((type) => type === text);
  if (found) return found;
  throw new Failure(`is "${text}", expected one of ${types.join(", ")}`);
}
