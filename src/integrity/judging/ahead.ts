import type { BytePath, Change } from "../entry.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import type { Transaction } from "../packages/transaction.ts";
import { isDuring } from "./during.ts";
import { type Facts, pathOf } from "./facts.ts";
import { isMadeByPam, isOfProfiles } from "./pam.ts";
import type { Surroundings } from "./side-effects.ts";
import type { Trust } from "./trust.ts";

interface Parts {
  readonly root: string;
  readonly packages: PackageDatabase;
  readonly hasList: Trust["hasList"];
  readonly ownerBefore: (path: BytePath) => string | undefined;
}

type Answers = Pick<Surroundings, "copied" | "hasList" | "named" | "isOfProfiles">;

/** Asks at once what side effects of these transactions are known by, so that each change is judged without waiting. */
export async function askAhead(
  changes: readonly Change[],
  facts: Facts,
  transactions: readonly Transaction[],
  parts: Parts,
): Promise<Answers> {
  const nobodys = changes.filter((change) => facts.claims(pathOf(change)).length === 0);
  return {
    copied: await findCopies(nobodys, facts, transactions, parts.packages),
    named: await findNamed(nobodys, facts, transactions, parts.packages),
    hasList: await askLists(nobodys, parts),
    isOfProfiles: await askProfiles(nobodys, parts),
  };
}

/** Asks about the lists of those packages that files belonged to which are gone. */
async function askLists(
  changes: readonly Change[],
  { ownerBefore, hasList }: Parts,
): Promise<Answers["hasList"]> {
  const asked = new Map<string, boolean>();
  for (const change of changes) {
    const name = change.after ? undefined : ownerBefore(pathOf(change));
    if (name !== undefined && !asked.has(name)) asked.set(name, await hasList(name));
  }
  return (name) => asked.get(name) === true;
}

/** Which of the files are copies of what a transaction brought, by checksum. */
function findCopies(
  changes: readonly Change[],
  facts: Facts,
  transactions: readonly Transaction[],
  database: PackageDatabase,
): Promise<Answers["copied"]> {
  const md5s = (transaction: Transaction) =>
    changes.flatMap((change) => {
      const now = facts.hashed(pathOf(change));
      return now?.is === "read" && isDuring(change, transaction, facts) ? [now.md5] : [];
    });
  return askEach(transactions, md5s, (names, all) => database.holders(names, new Set(all)));
}

/** Which of the settings scripts of a transaction's packages name. */
function findNamed(
  changes: readonly Change[],
  facts: Facts,
  transactions: readonly Transaction[],
  database: PackageDatabase,
): Promise<Answers["named"]> {
  const settings = changes.filter((change) => pathOf(change).startsWith("/etc/"));
  const paths = (transaction: Transaction) =>
    settings.filter((change) => isDuring(change, transaction, facts)).map(pathOf);
  return askEach(transactions, paths, database.namedByScripts);
}

/** Asks about what is wanted of each transaction, where anything is: which of its packages it is. */
async function askEach(
  transactions: readonly Transaction[],
  wanted: (transaction: Transaction) => readonly string[],
  ask: (
    packages: readonly string[],
    all: readonly string[],
  ) => Promise<ReadonlyMap<string, string>>,
): Promise<(transaction: Transaction, one: string) => string | undefined> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const transaction of transactions) {
    const all = wanted(transaction);
    if (all.length > 0) found.set(transaction.id, await ask(namesIn(transaction), all));
  }
  return ({ id }, one) => found.get(id)?.get(one);
}

async function askProfiles(
  changes: readonly Change[],
  { root, packages }: Parts,
): Promise<Answers["isOfProfiles"]> {
  const found = new Set<BytePath>();
  for (const path of changes.map(pathOf)) {
    if (isMadeByPam(path) && (await isOfProfiles(root, path, packages))) found.add(path);
  }
  return (path) => found.has(path);
}

/** As dpkg calls the files of its packages. */
function namesIn({ packages }: Transaction): string[] {
  return packages.flatMap(({ package: name, architecture }) =>
    architecture === undefined ? [name] : [name, `${name}:${architecture}`],
  );
}
