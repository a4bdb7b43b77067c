import { allChecks } from "../../config/syscheck-directories.ts";
import { differs } from "../difference.ts";
import type { BytePath, Change, IntegrityVerdict } from "../entry.ts";
import type { Transaction } from "../packages/transaction.ts";
import { isDuring, moving } from "./during.ts";
import { type Claim, type Facts, pathOf } from "./facts.ts";
import type { Hashed } from "./hash.ts";
import { becameWritableByAll, holdsPrograms, isRootsOwn } from "./places.ts";
import type { Undone } from "./prefilter.ts";

/** What a change turned out to be, before it is known whether anything rests on the file. */
export interface Judged {
  readonly verdict: IntegrityVerdict;
  readonly package: string | undefined;
  readonly transaction: Transaction | undefined;
  readonly reason: string;
}

/** Judges a change of a file that packages say is theirs. */
export function judgeOwned(
  change: Change,
  claims: readonly [Claim, ...Claim[]],
  facts: Facts,
  transactions: readonly Transaction[],
): Judged {
  const now = facts.hashed(pathOf(change));
  const undone = facts.undone(pathOf(change));
  const claim = bestOf(sound(claims), [now, undone]);
  const name = claim.owner.package;
  const transaction = claims
    .map(({ owner }) => moving(transactions, change, owner.package, facts))
    .find((one) => one !== undefined);
  const judged = (verdict: IntegrityVerdict, reason: string) => ({
    verdict,
    package: name,
    transaction,
    reason,
  });
  if (becameWritableByAll(change)) {
    return judged("differs", `it belongs to ${name}, and everybody may write it now`);
  }
  if (change.after === undefined) {
    const effect = emptied(change, name, transactions, facts);
    return effect ?? deleted(claim, judged);
  }
  if (change.after.kind === "directory") return ofFolder(name, transaction, judged);
  if (change.after.kind === "link") return ofLink(change, claim, facts, transaction, judged);
  if (change.after.kind !== "file") {
    return judged("differs", `${name} brought a file, and this is none`);
  }
  const { verdict, reason } = ofFile(claim, [now, undone], transaction, judged);
  const isMore = verdict === "prefiltered" && hasOtherRights(change);
  return judged(isMore ? "matches" : verdict, isMore ? `${reason}; its rights changed` : reason);
}

/** What a file holds, and what it held before a prefilter's program rewrote it. */
type Held = readonly [Hashed | undefined, Undone | undefined];

/** A program that only rewrites what a file holds leaves these as they are. */
function hasOtherRights({ before, after }: Change): boolean {
  return before !== undefined && after !== undefined && differs(before, after, rights);
}

const rights = { ...allChecks, sum: false, size: false, mtime: false, inode: false };

type Answer = (verdict: IntegrityVerdict, reason: string) => Judged;

/** Whoever forges the checksums of one package does not thereby speak for another. */
function sound(claims: readonly [Claim, ...Claim[]]): readonly [Claim, ...Claim[]] {
  const [first, ...others] = claims.filter(({ record }) => !record?.isDoubted);
  return first ? [first, ...others] : claims;
}

/** Of packages for several architectures that share a file any may speak for it. */
function bestOf(claims: readonly [Claim, ...Claim[]], held: Held): Claim {
  const md5s = held.flatMap((one) => (one && "md5" in one ? [one.md5] : []));
  const agreeing = claims.find(({ file }) => file?.md5 !== undefined && md5s.includes(file.md5));
  return agreeing ?? claims.find(({ file }) => file?.md5 !== undefined) ?? claims[0];
}

function deleted({ owner, file, record }: Claim, judged: Answer): Judged {
  const named = `${owner.package}${versionOf(record?.version)}`;
  if (file?.conffile) return judged("conffile", `a setting of ${named} was deleted`);
  return judged("differs", `it is gone, and ${named} needs it`);
}

/** Scripts take away folders that others want to be there, too; what was in it is told by itself. */
function emptied(
  change: Change,
  name: string,
  transactions: readonly Transaction[],
  facts: Facts,
): Judged | undefined {
  if (change.before?.kind !== "directory") return undefined;
  const transaction = transactions.findLast((one) => isDuring(change, one, facts));
  const reason = `a folder of ${name} with nothing in it`;
  return transaction && { verdict: "side-effect", package: name, transaction, reason };
}

function ofFolder(name: string, transaction: Transaction | undefined, judged: Answer): Judged {
  return transaction
    ? judged("explained", `a folder of ${name}`)
    : judged("matches", `a folder of ${name}; of folders packages record only the name`);
}

/** dpkg records no target: believed is what a transaction put there, where nobody but root and packages can lay anything. */
function ofLink(
  change: Change,
  claim: Claim,
  facts: Facts,
  transaction: Transaction | undefined,
  judged: Answer,
): Judged {
  const { before, after } = change;
  const name = claim.owner.package;
  if (before?.kind === "link" && before.target === after?.target) {
    const verdict = transaction ? "explained" : "matches";
    return judged(verdict, `a link of ${name}, to the same place as before`);
  }
  const end = facts.hops(pathOf(change)).at(-1) ?? "";
  const holder = facts.claims(end)[0]?.owner.package;
  if (transaction && holder !== undefined) {
    return judged("explained", `a link of ${name} to a file of ${holder}`);
  }
  if (transaction && isPlausible(pathOf(change), end)) {
    return judged("explained", `a link of ${name} to what packages do not record`);
  }
  return judged("differs", `a link of ${name}, and where it leads now no package says`);
}

/** By a link to nothing a package switches off a unit. */
function isPlausible(link: BytePath, end: BytePath): boolean {
  return end === "/dev/null" || (isRootsOwn(end) && !holdsPrograms(link));
}

function ofFile(
  { owner, record, file }: Claim,
  [now, undone]: Held,
  transaction: Transaction | undefined,
  judged: Answer,
): Judged {
  const named = `${owner.package}${versionOf(record?.version)}`;
  if (now?.is !== "read") {
    const why = now?.is === "unreadable" ? `it cannot be read: ${now.reason}` : "it is gone again";
    return judged("unverified", why);
  }
  if (file?.md5 === undefined) return judged("unverified", noChecksum(named, record?.problem));
  // The sums of settings are elsewhere.
  const isDoubted = record?.isDoubted === true && !file.conffile;
  if (file.md5 === now.md5) {
    return asRecorded(`the content is what ${named} recorded`, isDoubted, transaction, judged);
  }
  if (file.conffile) return judged("conffile", `a setting of ${named} that was edited here`);
  return ofOther(isDoubted ? undefined : file.md5, { named, undone, transaction }, judged);
}

/** It does not hold what was recorded; a program that may rewrite it, and undo that, may have done so. */
function ofOther(
  recorded: string | undefined,
  of: { named: string; undone: Undone | undefined; transaction: Transaction | undefined },
  judged: Answer,
): Judged {
  const { named, undone, transaction } = of;
  if (undone && "md5" in undone && undone.md5 === recorded) {
    return judged("prefiltered", `it was rewritten, and undone it is what ${named} recorded`);
  }
  const although = transaction ? `, although ${transaction.id} has just installed it` : "";
  const refused = undone && "reason" in undone ? `; ${undone.reason}` : "";
  return judged("differs", `the content is not what ${named} recorded${although}${refused}`);
}

function asRecorded(
  reason: string,
  isDoubted: boolean,
  transaction: Transaction | undefined,
  judged: Answer,
): Judged {
  if (isDoubted) {
    return judged("differs", `${reason}, but no transaction explains how it came on record`);
  }
  if (transaction) return judged("explained", reason);
  return judged("matches", `${reason}, but no transaction explains the change`);
}

function noChecksum(named: string, problem: string | undefined): string {
  return problem === undefined
    ? `${named} recorded no checksum of it`
    : `the checksums of ${named} cannot be read: ${problem}`;
}

function versionOf(version: string | undefined): string {
  return version === undefined ? "" : ` ${version}`;
}
