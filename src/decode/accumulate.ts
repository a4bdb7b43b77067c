/**
 * Remembers, for decoders with `<accumulate>`, the fields of earlier lines of the same host, decoder and id, and gives
 * them to later lines that lack them, as OSSEC's accumulator.c does: openldap names the address when a client connects
 * and the user when he binds. Returns nothing; `fields` gains what was known. Time is the events', in milliseconds.
 */
export function accumulator(): (key: AccumulateKey, fields: Record<string, string>) => void {
  const entries = new Map<string, Entry>();
  return ({ host, decoder, at }, fields) => {
    const id = fields["id"];
    if (id === undefined) return;
    const key = `${host ?? ""} ${decoder} ${id}`;
    if (key.length > longestKey) return;
    const found = entries.get(key);
    const entry = found && Math.abs(at - found.at) <= longest ? found : { at, fields: {} };
    entry.at = at;
    exchange(entry.fields, fields);
    // The last to be used stands last, so that the first can go when there are too many.
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size > mostEntries) forgetOldest(entries);
  };
}

interface AccumulateKey {
  readonly host: string | undefined;
  readonly decoder: string;
  readonly at: number;
}

interface Entry {
  at: number;
  readonly fields: Record<string, string>;
}

const shared = ["dstuser", "srcuser", "dstip", "srcip", "dstport", "srcport", "extra_data"];
const longest = 120_000;
const longestKey = 255;
const longestValue = 80;
const mostEntries = 10_000;

function exchange(known: Record<string, string>, fields: Record<string, string>): void {
  for (const name of shared) {
    const value = known[name];
    const own = fields[name];
    if (value !== undefined) {
      if (own === undefined || own === "") fields[name] = value;
    } else if (own !== undefined && own.length <= longestValue) {
      known[name] = own;
    }
  }
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const key of entries.keys()) {
    entries.delete(key);
    return;
  }
}
