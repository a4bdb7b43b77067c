import type { Change } from "../entry.ts";
import {
  isAbout,
  movesFiles,
  type PackageAction,
  type Transaction,
} from "../packages/transaction.ts";
import type { Latest } from "./deletions.ts";
import { type Facts, pathOf } from "./facts.ts";

/** dpkg's clock counts whole seconds; what a run set going may end a moment after it. */
const slackBefore = 2_000;
const slackAfter = 5_000;
/** From a deletion until it is looked at, where folders are watched: what comes together is looked at together. */
const untilNoticed = 10_000;

/** Whether the change can have happened while the transaction ran: by the kernel's own time of it, which cannot be set. */
export function isDuring(change: Change, transaction: Transaction, facts: Facts): boolean {
  const { after } = change;
  if (after !== undefined) return isAt(after.ctime, transaction);
  const latest = facts.latest(pathOf(change));
  return (
    latest !== undefined && isLastChangedBy(change, transaction.to) && isGoneIn(latest, transaction)
  );
}

/** Whether what the kernel says happened then (milliseconds since 1970) can be the transaction's doing. */
export function isAt(ctime: number, { from, to, running }: Transaction): boolean {
  return ctime >= from - slackBefore && (running || ctime <= to + slackAfter);
}

/** The last transaction that moved files of this package when the change happened. */
export function moving(
  transactions: readonly Transaction[],
  change: Change,
  name: string,
  facts: Facts,
): Transaction | undefined {
  return transactions.findLast(
    (one) => isDuring(change, one, facts) && movesPackage(one, name, movesFiles),
  );
}

/**
 * The last transaction that can have taken away what the package does not have any more. That it does not is proof enough, however
 * late the deletion is noticed.
 */
export function takingAway(
  transactions: readonly Transaction[],
  change: Change,
  name: string,
): Transaction | undefined {
  return transactions.findLast(
    (one) => isLastChangedBy(change, one.to) && movesPackage(one, name, movesFiles),
  );
}

/** The same of what dpkg itself knows of a package: the last that was done to the package is that it was removed. */
export function removing(
  transactions: readonly Transaction[],
  change: Change,
  name: string,
): Transaction | undefined {
  const last = removalOf(transactions, name);
  return last && isLastChangedBy(change, last.to) ? last : undefined;
}

/** The transaction that removed the package, if that is the last that was done to it. */
export function removalOf(
  transactions: readonly Transaction[],
  name: string,
): Transaction | undefined {
  const last = transactions.findLast((one) => movesPackage(one, name, movesFiles));
  const isRemoval = ({ action }: PackageAction) => action === "remove" || action === "purge";
  return last && movesPackage(last, name, isRemoval) ? last : undefined;
}

/** A file that was last changed after the transaction was deleted later still. */
function isLastChangedBy({ before }: Change, to: number): boolean {
  return before === undefined || before.ctime <= to + slackAfter;
}

/** Not before it, and by one of the two times at the latest not after it. */
function isGoneIn({ folder, noticed }: Latest, { from, to, running }: Transaction): boolean {
  if (Math.min(folder, noticed) < from - slackBefore) return false;
  return running || folder <= to + slackAfter || noticed <= to + slackAfter + untilNoticed;
}

/** Whether the transaction did this to the package. */
export function movesPackage(
  { packages }: Transaction,
  name: string,
  moves: (action: PackageAction) => boolean,
): boolean {
  return packages.some((action) => moves(action) && isAbout(action, name));
}
