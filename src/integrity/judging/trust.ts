import { lstat } from "node:fs/promises";
import type { BytePath } from "../entry.ts";
import { below, fsPath } from "../name.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { movesFiles, type Transaction } from "../packages/transaction.ts";
import { longestMemory, type Transactions } from "../packages/transactions.ts";
import { isAt, movesPackage, removalOf } from "./during.ts";
import { hashOf } from "./hash.ts";

/**
 * The sum (SHA-256) of what a file held when a transaction explained it last or the admin accepted it; "none" where there was no such
 * file then, undefined where that is not known: it is not watched.
 */
export type Known = (path: BytePath) => string | "none" | undefined;

interface Parts {
  readonly root: string;
  readonly database: PackageDatabase;
  readonly known: Known;
  readonly transactions: Transactions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Trust {
  /** The package database, its records marked as doubted where somebody else than the package manager has written them. */
  readonly database: PackageDatabase;
  /** Whether a package's list of files is the package manager's own: then what it does not have any more was taken away. */
  hasList(name: string): Promise<boolean>;
}

/**
 * Finds out whether what a package has on record is as it was known, or was written by a transaction of that package since. Neither
 * order matters, nor a restart: what was told of such a file stays outstanding in the baseline until the admin accepts it.
 */
export function openTrust({ root, database, known, transactions, now }: Parts): Trust {
  const recent = async () => await transactions.since(now() - longestMemory);
  const changedAt = async (path: BytePath) =>
    (await lstat(fsPath(below(root, path))).catch(() => undefined))?.ctimeMs;
  const isAsKnown = async (path: BytePath) => {
    const was = known(path);
    if (was === undefined) return true;
    const held = await hashOf(root, path);
    return held.is === "read" ? held.sha256 === was : held.is === "gone" && was === "none";
  };
  const hasSums = async (name: string, all: readonly Transaction[]) => {
    const path = database.fileOf(name, "checksums");
    const at = await changedAt(path);
    if (at === undefined) return true;
    const isBy = (one: Transaction) => isAt(at, one) && movesPackage(one, name, movesFiles);
    return all.some(isBy) || (await isAsKnown(path));
  };
  return {
    async hasList(name) {
      const path = database.fileOf(name, "list");
      if (await isAsKnown(path)) return true;
      const all = await recent();
      const at = await changedAt(path);
      if (at === undefined) return removalOf(all, name) !== undefined;
      // dpkg takes out of it what another package takes over.
      return all.some((one) => isAt(at, one) && one.packages.some(movesFiles));
    },
    database: {
      ...database,
      async records(wanted) {
        const records = new Map(await database.records(wanted));
        const all = await recent();
        for (const [name, record] of records) {
          if (!(await hasSums(name, all))) records.set(name, { ...record, isDoubted: true });
        }
        return records;
      },
      async holders(packages, md5s) {
        const all = await recent();
        const sound = new Map<string, string>();
        for (const [md5, name] of await database.holders(packages, md5s)) {
          if (await hasSums(name, all)) sound.set(md5, name);
        }
        return sound;
      },
    },
  };
}
