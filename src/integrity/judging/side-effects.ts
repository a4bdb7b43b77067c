import type { AccountFiles } from "../accounts.ts";
import type { BytePath, Change } from "../entry.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { isAbout, type Transaction } from "../packages/transaction.ts";
import { type Facts, pathOf } from "./facts.ts";
import { folderOwner } from "./folders.ts";
import { besideOf, generatedBy } from "./generated.ts";
import {
  becameWritableByAll,
  type Concern,
  concernIn,
  gainedPrivileges,
  holdsPrograms,
  isRootsOwn,
} from "./places.ts";

/** What is asked to tell a side effect from anything else. */
export interface Surroundings {
  readonly facts: Facts;
  readonly database: PackageDatabase;
  /** Which package of the transaction brought a file with this checksum. */
  readonly copied: (transaction: Transaction, md5: string) => string | undefined;
  readonly accounts: AccountFiles;
  /** Which package of the transaction has a script that names this setting. */
  readonly named: (transaction: Transaction, path: BytePath) => string | undefined;
  /** Whether what PAM has there is put together of packages' profiles. */
  readonly isOfProfiles: (path: BytePath) => boolean;
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
 * that gives rights, and nothing where settings of sshd, sudo, cron and the linker are.
 */
export const sideEffectOf: Ask = (change, transaction, around) => {
  if (gainedPrivileges(change).length > 0 || becameWritableByAll(change)) return undefined;
  for (const ask of asksFor(change)) {
    const effect = ask(change, transaction, around);
    if (effect) return effect;
  }
  return undefined;
};

function belongsToRoot({ before, after }: Change): boolean {
  if (after === undefined || after.uid === 0) return true;
  return after.kind === "directory" || before?.uid === after.uid;
}

/** Accounts of services have numbers below those of people (adduser.conf(5)). */
function isServices({ after }: Change): boolean {
  return after !== undefined && after.uid < 1000;
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
  const isAlternative = hops.some((one) => one.startsWith("/etc/alternatives/"));
  const what = knownLink(hops, isAlternative);
  if (what !== undefined) return { reason: what, package: undefined };
  const owner = ownerOf(facts, hops.at(-1));
  if (owner === undefined) return after === undefined ? ofLostLink(transaction) : undefined;
  return takesPart(transaction, owner) || isAlternative
    ? { reason: `a link to a file of ${owner}`, package: owner }
    : undefined;
};

/** What a link is that leads to no package's file and is one of those that scripts lay. */
function knownLink(hops: readonly BytePath[], isAlternative: boolean): string | undefined {
  const [start = "", end = ""] = [hops[0], hops.at(-1)];
  if (isCertificate(start) && isCertificate(end)) return "a link to a certificate";
  return isAlternative && isSocket(end) ? "a link to a service's socket" : undefined;
}

function isSocket(path: BytePath): boolean {
  return /^\/run\/(?!user\/).*\.sock$/.test(path);
}

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

const ofProfiles: Ask = (change, _, { isOfProfiles }) =>
  isOfProfiles(pathOf(change))
    ? { reason: "put together of the profiles of packages", package: undefined }
    : undefined;

const ofScript: Ask = (change, transaction, { named, facts }) => {
  const by = isSetting(change, facts) ? named(transaction, pathOf(change)) : undefined;
  return by === undefined ? undefined : { reason: `a script of ${by} names it`, package: by };
};

/** Of one that was there before nobody knows whether it was the package's. */
const ofSettings: Ask = (change, transaction, { facts }) => {
  const isNews = change.action !== "modified" && isSetting(change, facts);
  const by = isNews ? folderOwner(pathOf(change), transaction, facts.claims) : undefined;
  return by === undefined ? undefined : { reason: `in a folder of ${by}`, package: by };
};

/** Something that nobody can run, and that leads to nothing somebody else could change. */
function isSetting({ before, after }: Change, facts: Facts): boolean {
  const one = after ?? before;
  if (one.kind === "link") {
    const end = facts.hops(one.path).at(-1) ?? "";
    return isRootsOwn(end) && !holdsPrograms(end);
  }
  return one.kind === "file" && (one.mode & 0o111) === 0;
}

function ownerOf(facts: Facts, path: BytePath | undefined): string | undefined {
  return path === undefined ? undefined : facts.claims(path)[0]?.owner.package;
}

function takesPart(transaction: Transaction, name: string): boolean {
  return transaction.packages.some((action) => isAbout(action, name));
}

function movesAnything(transaction: Transaction): boolean {
  return transaction.packages.some(({ action }) => /^(?:remove|purge|upgrade)$/.test(action));
}

const byConcern: Partial<Record<Concern, readonly Ask[]>> = {
  accounts: [ofAccounts],
  pam: [ofProfiles],
  startup: [ofFolder, ofLink, ofScript],
};
const ofServices = [ofGenerated, ofScript, ofSettings];
const ofRoots = [ofFolder, ofDatabase, ofLink, ofGenerated, ofBase, ofCopy, ofScript, ofSettings];

function asksFor(change: Change): readonly Ask[] {
  const concern = concernIn(change);
  if (!belongsToRoot(change)) return concern === undefined && isServices(change) ? ofServices : [];
  return concern === undefined ? ofRoots : (byConcern[concern] ?? []);
}
