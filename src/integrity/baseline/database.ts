import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../../core/failure.ts";

const version = 1;

const schema = `
  CREATE TABLE entries (key TEXT PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT, target TEXT, attributes TEXT,
    mark BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE outstanding (key TEXT PRIMARY KEY, caused TEXT, body TEXT NOT NULL, mark BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, body TEXT NOT NULL, mark BLOB NOT NULL);
  CREATE INDEX history_of ON history (key, id);
  CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, mark BLOB NOT NULL);
  CREATE TABLE areas (area TEXT PRIMARY KEY, mark BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE texts (key TEXT NOT NULL, role TEXT NOT NULL, body BLOB NOT NULL, mark BLOB NOT NULL,
    PRIMARY KEY (key, role)) WITHOUT ROWID;
  CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER, rows INTEGER, sum TEXT, doubt TEXT,
    signature BLOB)`;

/** The tables whose rows carry a mark, each with the columns that it covers. */
export const markedTables = {
  entries: ["key", "stamp", "sha256", "target", "attributes"],
  outstanding: ["key", "caused", "body"],
  history: ["id", "key", "body"],
  outbox: ["id", "body"],
  areas: ["area"],
} as const;
export type MarkedTable = keyof typeof markedTables;

/**
 * Opens the tables. Where the file is damaged or of another version, it is set aside and new ones begin; `setAside` says
 * so. Throws where there is no room or no permission.
 */
export function openDatabase(path: string): { db: DatabaseSync; setAside: string | undefined } {
  try {
    return { db: openAt(path), setAside: undefined };
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    const aside = `${path}.damaged`;
    for (const end of ["", "-wal", "-shm"]) {
      rmSync(`${aside}${end}`, { force: true });
      if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
    }
    const setAside = `"${path}" cannot be used (${reasonOf(thrown)}); it is set aside as "${aside}", and the baseline begins anew`;
    return { db: openAt(path), setAside };
  }
}

class Damage extends Error {}

function openAt(path: string): DatabaseSync {
  closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    // NORMAL: a kill loses nothing; losing power may lose the last moments, which the next scan finds again.
    // EXCLUSIVE: what is signed is counted in memory, so nobody else may write.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048");
    db.exec("PRAGMA journal_size_limit = 4194304; PRAGMA locking_mode = EXCLUSIVE");
    const found = firstValue(db, "PRAGMA user_version");
    if (found === 0) db.exec(`BEGIN; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
    else if (found !== version) throw new Damage(`it has version ${found}, not ${version}`);
    else checkHealth(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** Reads every page once, which takes a fraction of a second for a hundred thousand files. */
function checkHealth(db: DatabaseSync): void {
  if (firstValue(db, "PRAGMA quick_check(1)") !== "ok")
    throw new Damage("SQLite finds damage in it");
}

function firstValue(db: DatabaseSync, query: string): unknown {
  return Object.values(db.prepare(query).get() ?? {})[0];
}

/** SQLITE_CORRUPT and SQLITE_NOTADB of https://sqlite.org/rescode.html. */
const damage = [11, 26];

function isDamage(thrown: unknown): boolean {
  if (thrown instanceof Damage) return true;
  const code = thrown instanceof Error && "errcode" in thrown ? thrown.errcode : undefined;
  return typeof code === "number" && damage.includes(code & 0xff);
}
