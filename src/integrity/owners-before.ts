import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BytePath } from "./entry.ts";

/** Which package each watched file belonged to: dpkg forgets what it removes. */
export interface OwnersBefore {
  of(path: BytePath): string | undefined;
  /** Replaces what is known of these paths; those that are in no package have none. */
  remember(paths: readonly BytePath[], owners: ReadonlyMap<BytePath, string>): void;
  close(): void;
}

/** Kept in a file of its own in the folder of the baseline: it only ever makes a reason better, so it needs no signature. */
export function openOwnersBefore(folder: string): OwnersBefore {
  const db = new DatabaseSync(join(folder, "owners.db"), { timeout: 2000 });
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
  db.exec(
    "CREATE TABLE IF NOT EXISTS owners (path TEXT PRIMARY KEY, package TEXT NOT NULL) STRICT, WITHOUT ROWID",
  );
  const select = db.prepare("SELECT package FROM owners WHERE path = ?");
  const upsert = db.prepare("INSERT OR REPLACE INTO owners VALUES (?, ?)");
  const remove = db.prepare("DELETE FROM owners WHERE path = ?");
  return {
    of(path) {
      const row = select.get(path);
      return row === undefined ? undefined : String(row["package"]);
    },
    remember(paths, owners) {
      db.exec("BEGIN");
      for (const path of paths) {
        const owner = owners.get(path);
        if (owner === undefined) remove.run(path);
        else upsert.run(path, owner);
      }
      db.exec("COMMIT");
    },
    close: () => db.close(),
  };
}
