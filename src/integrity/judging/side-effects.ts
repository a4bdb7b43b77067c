import type { AccountFiles } from "../accounts.ts";
import type { BytePath, Change } from "../entry.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { isAbout, type Transaction } from "../packages/transaction.ts";
import { type Facts, pathOf } from "./facts.ts";
import { besideOf, generatedBy } from "./generated.ts";
import { becameWritableByAll, concernIn, gainedPrivileges, holdsPrograms } from "./places.ts";

/** What is asked to tell a side effect from anything else. */
export interface Surroundings {
  readonly facts: Facts;
  readonly database: PackageDatabase;
  /** Which package of the transaction brought a file with this checksum. */
  readonly copied: (transaction: Transaction, md5: string) => string | undefined;
  readonly accounts: AccountFiles;
  /** Whether the list of the files that this package had is as the package manager wrote it. */
  readonly hasList: (name: string) => boolean;
}

/** Why a change is one of those that scripts of packages make, with the package where it is known. */
interface SideEffect {
  readonly reason: string;
  readonly package: string | undefined;
}

type Ask = (
  change: Change,
  transaction: Transaction,
  around: Surroundings,
) => SideEffect | undefined;

/**
 * Whether a change that no checksum speaks for is a known side effect of this transaction. Only what can be checked is: nothing
 * that gives rights, and nothing where settings of sshd, sudo, cron, PAM and the linker are.
 */
export const sideEffectOf: Ask = (change, transaction, around) => {
  if (!isHarmless(change)) return undefined;
  const concern = concernIn(change);
  if (concern === "accounts") return ofAccounts(change, transaction, around);
  if (concern === "startup") return ofLink(change, transaction, around);
  if (concern !== undefined) return undefined;
  for (const ask of [ofFolder, ofDatabase, ofLink, ofGenerated, ofBase, ofCopy]) {
    const effect = ask(change, transaction, around);
    if (effect) return effect;
  }
  return undefined;
};

function isHarmless(change: Change): boolean {
  const { before, after } = change;
  if (gainedPrivileges(change).length > 0 || becameWritableByAll(change)) return false;
  if (after === undefined || after.uid === 0) return true;
  return after.kind === "directory" || before?.uid === after.uid;
}

const ofAccounts: Ask = (change, transaction, { accounts }) => {
  const mayRemove = transaction.packages.some(({ action }) => /^(?:remove|purge)$/.test(action));
  if (!change.after || !accounts.isSystemOnly(pathOf(change), change.before?.sha256, mayRemove)) {
    return undefined;
  }
  return { reason: "only accounts and groups of services were added", package: undefined };
};

const ofFolder: Ask = ({ before, after }) => {
  const isFolder = (after ?? before)?.kind === "directory" && (after === undefined || !before);
  return isFolder ? { reason: "a folder", package: undefined } : undefined;
};

const ofDatabase: Ask = (change, transaction, { database }) => {
  const part = database.partOf(pathOf(change));
  if (part === undefined) return undefined;
  if (part !== "" && !takesPart(transaction, part)) return undefined;
  return { reason: "the package manager's own records", package: part || undefined };
};

const ofLink: Ask = (change, transaction, { facts }) => {
  const { before, after } = change;
  if ((after ?? before)?.kind !== "link") return undefined;
  const hops = [pathOf(change), ...facts.hops(pathOf(change))];
  const ends = [hops[0] ?? "", hops.at(-1) ?? ""];
  if (ends.every(isCertificate)) return { reason: "a link to a certificate", package: undefined };
  const owner = ownerOf(facts, ends[1]);
  if (owner === undefined) return after === undefined ? ofLostLink(transaction) : undefined;
  const isAlternative = hops.some((one) => one.startsWith("/etc/alternatives/"));
  return takesPart(transaction, owner) || isAlternative
    ? { reason: `a link to a file of ${owner}`, package: owner }
    : undefined;
};

function ofLostLink(transaction: Transaction): SideEffect | undefined {
  return movesAnything(transaction)
    ? { reason: "a link to what is there no more", package: undefined }
    : undefined;
}

/** A link there trusts nobody new: what it leads to is a file of its own, and told of. */
function isCertificate(path: BytePath): boolean {
  return /^\/(?:etc\/ssl\/certs\/[^/]+\.(?:\d+|pem|crt)|usr\/share\/ca-certificates\/.*)$/.test(
    path,
  );
}

const ofGenerated: Ask = (change, { packages }) => {
  const names = packages.map((one) => one.package);
  const made = generatedBy(change.after ?? change.before, names);
  if (!made || (change.after && change.after.kind !== "file")) return undefined;
  return { reason: `${made.what}, which scripts of ${made.by} make`, package: made.by };
};

const ofBase: Ask = (change, transaction, { facts }) => {
  const beside = besideOf(pathOf(change));
  if (beside === undefined || (beside.isKept && change.action === "modified")) return undefined;
  const owners = facts.claims(beside.base).map(({ owner }) => owner.package);
  if (owners.length === 0) {
    return change.after === undefined
      ? { reason: "belonged to a file that is there no more", package: undefined }
      : undefined;
  }
  const isByAll = transaction.packages.some((action) => beside.by?.test(action.package));
  const owner = isByAll ? owners[0] : owners.find((name) => takesPart(transaction, name));
  return owner === undefined
    ? undefined
    : { reason: `${beside.what} a file of ${owner}`, package: owner };
};

/** Scripts copy settings and what the boot loader needs; what a program is to be replaced by, dpkg-divert(1) records. */
const ofCopy: Ask = (change, transaction, { facts, copied }) => {
  if (holdsPrograms(pathOf(change))) return undefined;
  const now = facts.hashed(pathOf(change));
  if (now?.is !== "read") return undefined;
  const from = copied(transaction, now.md5);
  return from === undefined
    ? undefined
    : { reason: `a copy of a file that ${from} brought`, package: from };
};

function ownerOf(facts: Facts, path: BytePath | undefined): string | undefined {
  return path === undefined ? undefined : facts.claims(path)[0]?.owner.package;
}

function takesPart(transaction: Transaction, name: string): boolean {
  return transaction.packages.some((action) => isAbout(action, name));
}

function movesAnything(transaction: Transaction): boolean {
  return transaction.packages.some(({ action }) => /^(?:remove|purge|upgrade)$/.test(action));
}
