import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";

/** Tables on disk, or in memory for as long as the disk refuses them. */
export interface Store {
  /**
   * Runs `work` in one transaction, which a killed process cannot leave half done. When the disk is full or the file
   * turns out to be damaged, everything moves to memory and `work` runs once more there.
   */
  change<T>(work: (db: DatabaseSync) => T): T;
  /** When the tables are in memory: tries to put them back on the disk. */
  returnToDisk(): void;
  close(): void;
}

export interface StoreOptions {
  readonly path: string;
  readonly schema: string;
  readonly tables: readonly string[];
  /** Another number in the file means that another version of Stockade wrote it. */
  readonly version: number;
  readonly log: Log;
}

/** Opens the store. A damaged file is set aside, a place that cannot be written is done without: it never throws. */
export function openStore(options: StoreOptions): Store {
  const { log, path } = options;
  let onDisk = true;
  let db = start();

  function start(): DatabaseSync {
    try {
      return openOnDisk(options);
    } catch (thrown) {
      onDisk = false;
      log.error(`cannot keep unsent mail in "${path}": ${reasonOf(thrown)}; it is kept in memory`);
      return openAt(":memory:", options);
    }
  }

  function moveToMemory(thrown: unknown): void {
    log.error(`cannot write "${path}": ${reasonOf(thrown)}; unsent mail is kept in memory`);
    const memory = openAt(":memory:", options);
    try {
      copyTables(options.tables, db, memory);
    } catch (unreadable) {
      log.error(`unsent mail in "${path}" cannot be read: ${reasonOf(unreadable)}`);
    }
    db.close();
    db = memory;
    onDisk = false;
  }

  return {
    change(work) {
      try {
        return inTransaction(db, work);
      } catch (thrown) {
        if (!onDisk || !isStorageFault(thrown)) throw thrown;
        moveToMemory(thrown);
        return inTransaction(db, work);
      }
    },
    returnToDisk() {
      if (onDisk) return;
      try {
        const disk = openOnDisk(options);
        copyTables(options.tables, db, disk);
        db.close();
        db = disk;
        onDisk = true;
        log.info(`unsent mail is kept in "${path}" again`);
      } catch {
        // Still no room; it was said when it began, and the caller tries again.
      }
    },
    close: () => db.close(),
  };
}

function openOnDisk(options: StoreOptions): DatabaseSync {
  mkdirSync(dirname(options.path), { recursive: true, mode: 0o750 });
  try {
    return openAt(options.path, options);
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    const aside = `${options.path}.damaged`;
    for (const end of ["", "-wal", "-shm"]) {
      rmSync(`${aside}${end}`, { force: true });
      if (existsSync(`${options.path}${end}`))
        renameSync(`${options.path}${end}`, `${aside}${end}`);
    }
    options.log.error(
      `"${options.path}" cannot be used: ${reasonOf(thrown)}; it is set aside as "${aside}", mail that it held is not sent`,
    );
    return openAt(options.path, options);
  }
}

class Damage extends Error {}

function openAt(path: string, { schema, version }: StoreOptions): DatabaseSync {
  // Log lines are nobody else's business; SQLite gives its -wal file the same mode.
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { timeout: 1000 });
  try {
    // NORMAL: safe when the process dies, and no waiting for the disk with every alert.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512");
    const health = firstValue(db, "PRAGMA quick_check(1)");
    if (health !== "ok") throw new Damage("SQLite finds damage in it");
    const found = firstValue(db, "PRAGMA user_version");
    if (found === 0) db.exec(`BEGIN; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
    else if (found !== version) throw new Damage(`it has version ${found}, not ${version}`);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function firstValue(db: DatabaseSync, query: string): unknown {
  return Object.values(db.prepare(query).get() ?? {})[0];
}

function copyTables(tables: readonly string[], from: DatabaseSync, to: DatabaseSync): void {
  inTransaction(to, () => {
    for (const table of tables) {
      to.exec(`DELETE FROM ${table}`);
      for (const row of from.prepare(`SELECT * FROM ${table}`).iterate()) {
        const marks = Object.keys(row).map(() => "?");
        to.prepare(`INSERT INTO ${table} VALUES (${marks})`).run(...Object.values(row));
      }
    }
  });
}

function inTransaction<T>(db: DatabaseSync, work: (db: DatabaseSync) => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work(db);
    db.exec("COMMIT");
    return result;
  } catch (thrown) {
    // SQLite has already rolled back by itself after some faults, such as a full disk.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw thrown;
  }
}

/** Primary result codes of https://sqlite.org/rescode.html; the higher bits say more than is needed here. */
const resultCodes = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};
const damage = [resultCodes.corrupt, resultCodes.notADatabase];

function resultCodeOf(thrown: unknown): number {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return 0;
  return typeof thrown.errcode === "number" ? thrown.errcode & 0xff : 0;
}

function isDamage(thrown: unknown): boolean {
  return thrown instanceof Damage || damage.includes(resultCodeOf(thrown));
}

function isStorageFault(thrown: unknown): boolean {
  return Object.values(resultCodes).includes(resultCodeOf(thrown));
}
