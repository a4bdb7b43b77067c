import type { Plugged } from "./plugin.ts";

/**
 * Symantec Web Security: "date,time,10=user,11=address,60=url,3=…". The first of each name counts. An id is its key and
 * what follows, nine characters in all, over commas too; what those hold is not read again (symantecws_decoder.c).
 */
export function symantecWs(log: string): Plugged {
  const fields: Record<string, string> = {};
  let at = log.indexOf(",") + 1;
  while (at > 0) {
    const entry = entries.find(({ key }) => log.startsWith(key, at));
    if (entry) {
      const from = at + entry.skip;
      const end = endOf(log, from, entry.most, entry.skip > 0);
      fields[entry.name] ??= log.slice(from, end);
      at = end;
    }
    at = log.indexOf(",", at) + 1;
  }
  return { fields };
}

const entries = [
  { key: "10=", name: "dstuser", most: 128, skip: 3 },
  { key: "11=", name: "srcip", most: 128, skip: 3 },
  { key: "60=", name: "url", most: 1024, skip: 3 },
  { key: "3=", name: "id", most: 9, skip: 0 },
  { key: "2=", name: "id", most: 9, skip: 0 },
];

function endOf(log: string, from: number, most: number, toComma: boolean): number {
  const comma = toComma ? log.indexOf(",", from) : -1;
  return Math.min(from + most, comma < 0 ? log.length : comma);
}
