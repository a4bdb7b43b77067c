import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";

/** How far each source has been dealt with, in a form only that source understands. */
export interface Positions {
  load(source: string): string | undefined;
  /** Never throws: a position that cannot be kept is worth a warning, not an outage. */
  save(source: string, position: string): void;
  /** Of a source that will not come again. Never throws either. */
  forget(source: string): void;
  close(): void;
}

/**
 * Opens `positions.db` in the daemon's state folder. A saved position survives SIGKILL at once; a power cut may bring
 * back a somewhat older one (WAL with synchronous=NORMAL), so that lines are read again rather than lost. A damaged
 * database is set aside under another name with a warning. Throws a `Failure` where the folder cannot be written.
 */
export function openPositions(folder: string, log: Log): Positions {
  const file = join(folder, "positions.db");
  try {
    mkdirSync(folder, { recursive: true });
    return keepIn(open(file), log);
  } catch (thrown) {
    if (!isDamage(thrown)) throw cannotWrite(folder, thrown);
    const aside = `${file}.damaged-${Date.now()}`;
    moveAside(file, aside, thrown);
    log.warn(
      `cannot read "${file}": ${reasonOf(thrown)}; it is now "${aside}", and logs are followed from their ends`,
    );
    return keepIn(open(file), log);
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
    database.exec(
      "CREATE TABLE IF NOT EXISTS positions (source TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT, WITHOUT ROWID",
    );
    database.prepare("SELECT source, position FROM positions").all();
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function keepIn(database: DatabaseSync, log: Log): Positions {
  const select = database.prepare("SELECT position FROM positions WHERE source = ?");
  const upsert = database.prepare(
    "INSERT INTO positions VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET position = excluded.position",
  );
  const remove = database.prepare("DELETE FROM positions WHERE source = ?");
  let isFailing = false;
  const tried = (source: string, write: () => void) => {
    try {
      write();
      isFailing = false;
    } catch (thrown) {
      if (!isFailing) log.warn(`cannot save the position in "${source}": ${reasonOf(thrown)}`);
      isFailing = true;
    }
  };
  return {
    load(source) {
      const position = select.get(source)?.["position"];
      return typeof position === "string" ? position : undefined;
    },
    save: (source, position) => tried(source, () => upsert.run(source, position)),
    forget: (source) => tried(source, () => remove.run(source)),
    close: () => database.close(),
  };
}

/** SQLITE_CORRUPT and SQLITE_NOTADB; anything else (a full disk, no permission) says nothing about the content. */
function isDamage(thrown: unknown): boolean {
  const code = thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

/** Moves the database with its journal: a WAL left behind would be applied to the next database of that name. */
function moveAside(file: string, aside: string, cause: unknown): void {
  try {
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
  } catch {
    throw cannotWrite(file, cause);
  }
}

function cannotWrite(path: string, cause: unknown): Failure {
  return new Failure(`cannot keep positions in "${path}": ${reasonOf(cause)}`, {
    hint: "the folder must be writable for the user stockade",
    exitCode: 77,
    cause,
  });
}
