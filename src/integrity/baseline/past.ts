import type { DatabaseSync } from "node:sqlite";
import { isAlike } from "../difference.ts";
import { type BytePath, type Entry, isOfPackages, type JudgedChange } from "../entry.ts";
import type { Outstanding, PastChange, Wanted } from "./baseline.ts";
import { keyOf, keysBelow, pathOf } from "./order.ts";
import {
  entryIn,
  type OutstandingBody,
  outstandingOf,
  pastBody,
  readOutstanding,
  readPast,
} from "./records.ts";
import type { Rows } from "./rows.ts";
import type { KeptTexts } from "./texts.ts";

/** What happened to each file, and what of that nobody has accepted. */
export function openPast(
  db: DatabaseSync,
  rows: Rows,
  get: (path: BytePath) => Entry | undefined,
  texts: KeptTexts,
  clock: () => number,
) {
  const open = openOutstanding(db, rows, get, texts, clock);
  const history = db.prepare("SELECT body FROM history WHERE key = ? ORDER BY id DESC LIMIT ?");
  const within = db.prepare(
    "SELECT body FROM history WHERE key = ? OR (key > ? AND key < ?) ORDER BY id DESC LIMIT ?",
  );
  const latest = db.prepare("SELECT body FROM history ORDER BY id DESC");
  const tooOld = db.prepare("SELECT id FROM history WHERE id <= ? ORDER BY id");
  return {
    /** Takes one change in. `put` makes the entry what it is now, after the texts of before were moved. */
    take(judged: JudgedChange, accepted: boolean, put: () => void) {
      const key = keyOf(judged.change.after?.path ?? judged.change.before?.path ?? "");
      const id = rows.append("history", [key, pastBody(clock(), judged)]);
      for (const row of tooOld.all(id - mostKept)) rows.remove("history", Number(row["id"]));
      open.take(key, judged, accepted, put);
    },
    asked: {
      ...open.asked,
      history: (path: BytePath, limit = 100): PastChange[] =>
        history.all(keyOf(path), limit).map(({ body }) => readPast(String(body))),
      historyWithin(folder: BytePath, limit: number): PastChange[] {
        const { first, end } = keysBelow(folder);
        const found = within.all(keyOf(folder), first, end, limit);
        return found.map(({ body }) => readPast(String(body)));
      },
      changes({ transaction, since = 0 }: Wanted, limit: number): PastChange[] {
        const found: PastChange[] = [];
        for (const { body } of latest.iterate()) {
          const past = readPast(String(body));
          if (past.at < since || found.length === limit) break;
          if (transaction === undefined || past.transaction === transaction) found.push(past);
        }
        return found;
      },
      text: (path: BytePath) => texts.read(keyOf(path), "now", get(path)?.sha256),
    },
  };
}

/** Of all files together. */
const mostKept = 100_000;

/** What differs from the state that was accepted. */
function openOutstanding(
  db: DatabaseSync,
  rows: Rows,
  get: (path: BytePath) => Entry | undefined,
  texts: KeptTexts,
  clock: () => number,
) {
  const page = db.prepare("SELECT key, body FROM outstanding WHERE key > ? ORDER BY key LIMIT ?");
  const bodyOf = (key: string) => {
    const row = rows.find("outstanding", key);
    return row && readOutstanding(String(row["body"]));
  };
  const settle = (key: string) => {
    texts.drop(key, "accepted");
    return rows.remove("outstanding", key);
  };
  return {
    take(key: string, judged: JudgedChange, isAccepted: boolean, put: () => void) {
      const known = bodyOf(key);
      const { before, after } = judged.change;
      const accepted = known ? entryIn(known.accepted) : before;
      if (!known) texts.setAside(key);
      put();
      if (isAccepted || isSettled(judged) || isAlike(accepted, after)) settle(key);
      else rows.put("outstanding", nextRow(key, judged, accepted, known, clock()));
    },
    asked: {
      ...openAccepting(db, rows, settle),
      outstanding: (after?: BytePath, limit = 1000): Outstanding[] =>
        page.all(after === undefined ? "" : keyOf(after), limit).map(({ key, body }) => {
          const path = pathOf(String(key));
          return outstandingOf(path, readOutstanding(String(body)), get(path));
        }),
      outstandingOf: (path: BytePath) => {
        const body = bodyOf(keyOf(path));
        return body && outstandingOf(path, body, get(path));
      },
      acceptedText: (path: BytePath) => {
        const key = keyOf(path);
        return texts.read(key, "accepted", bodyOf(key)?.accepted?.sha256);
      },
    },
  };
}

function openAccepting(db: DatabaseSync, rows: Rows, settle: (key: string) => boolean) {
  const below = db.prepare("SELECT key FROM outstanding WHERE key = ? OR (key > ? AND key < ?)");
  const caused = db.prepare("SELECT key FROM outstanding WHERE caused = ?");
  const settleAll = (found: readonly Readonly<Record<string, unknown>>[]) =>
    found.filter(({ key }) => settle(String(key))).length;
  return {
    accept: (paths: readonly BytePath[]) =>
      rows.change(() => {
        const found = paths.flatMap((path) => {
          const { first, end } = keysBelow(path);
          return below.all(keyOf(path), first, end);
        });
        return settleAll(found);
      }),
    acceptTransaction: (id: string) => rows.change(() => settleAll(caused.all(id))),
  };
}

function nextRow(
  key: string,
  { verdict, package: owner, transaction }: JudgedChange,
  accepted: Entry | undefined,
  known: OutstandingBody | undefined,
  last: number,
) {
  const since = known?.since ?? last;
  const changes = (known?.changes ?? 0) + 1;
  const body = { accepted, since, last, changes, verdict, package: owner, transaction };
  return [key, transaction ?? null, JSON.stringify(body)];
}

/** Nobody has to accept what a package did. */
function isSettled({ verdict }: JudgedChange): boolean {
  return isOfPackages(verdict);
}
