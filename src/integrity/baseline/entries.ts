import type { DatabaseSync } from "node:sqlite";
import type { BytePath, Entry } from "../entry.ts";
import type { Row, Texts } from "./baseline.ts";
import { keyOf, keysBelow, pathOf } from "./order.ts";
import { columnsOf, entryOf } from "./records.ts";
import type { Rows } from "./rows.ts";
import type { KeptTexts } from "./texts.ts";

/** A state of a file and the one after it. */
export interface Turn {
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

export function pathIn({ before, after }: Turn): BytePath {
  return after?.path ?? before?.path ?? "";
}

/** The table of what every file is expected to be. */
export function openEntries(db: DatabaseSync, rows: Rows, texts: KeptTexts) {
  const count = db.prepare("SELECT count(*) AS count FROM entries");
  const get = (path: BytePath) => {
    const row = rows.find("entries", keyOf(path));
    return row && entryOf(row);
  };
  const keep = ({ path, sha256 }: Entry, text: Uint8Array | undefined) => {
    if (text && sha256 !== undefined) texts.keep(keyOf(path), text, sha256);
  };
  const put = (turn: Turn, text: Uint8Array | undefined) => {
    const key = keyOf(pathIn(turn));
    if (turn.after) rows.put("entries", columnsOf(turn.after));
    else rows.remove("entries", key);
    const sha256 = turn.after?.sha256;
    if (turn.after && text && sha256 !== undefined) keep(turn.after, text);
    else if (turn.before && sha256 !== turn.before.sha256) texts.drop(key, "now");
  };
  const forget = (key: string) => {
    rows.remove("entries", key);
    rows.remove("outstanding", key);
    texts.drop(key, "now");
    texts.drop(key, "accepted");
  };
  const putAll = (entries: readonly Entry[], contents?: Texts) => {
    for (const after of entries) put({ before: undefined, after }, contents?.get(after.path));
  };
  return {
    put,
    count: () => Number(count.get()?.["count"]),
    asked: {
      get,
      ...openPages(db),
      learn: (entries: readonly Entry[], contents?: Texts) =>
        rows.change(() => putAll(entries, contents)),
      refresh: (entries: readonly Entry[], contents?: Texts) =>
        rows.change(() => {
          for (const entry of entries) {
            rows.put("entries", columnsOf(entry));
            const isKept = texts.read(keyOf(entry.path), "now", entry.sha256) !== undefined;
            if (!isKept) keep(entry, contents?.get(entry.path));
          }
        }),
      forget: (paths: readonly BytePath[]) =>
        rows.change(() => {
          for (const path of paths) forget(keyOf(path));
        }),
    },
  };
}

function openPages(db: DatabaseSync) {
  const page = db.prepare(
    `SELECT key, stamp, sha256 IS NOT NULL AS known, instr(attributes, '"security.capability":') > 0 AS capable
     FROM entries WHERE key > ? AND key < ? ORDER BY key LIMIT ?`,
  );
  const between = (from: string, end: string, limit: number): Row[] =>
    page.all(from, end, limit).map(({ key, stamp, known, capable }) => ({
      path: pathOf(String(key)),
      stamp: String(stamp),
      isRead: known === 1,
      isCapable: capable === 1,
    }));
  return {
    after: (path: BytePath | undefined, limit: number) =>
      between(path === undefined ? "" : keyOf(path), "\u{10ffff}", limit),
    within(folder: BytePath, after: BytePath | undefined, limit: number) {
      const { first, end } = keysBelow(folder);
      return between(after === undefined ? first : keyOf(after), end, limit);
    },
  };
}
