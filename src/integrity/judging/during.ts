import type { Change } from "../entry.ts";
import { isAbout, movesFiles, type Transaction } from "../packages/transaction.ts";

/** dpkg's clock counts whole seconds; what a run set going may end a moment after it. */
const slackBefore = 2_000;
const slackAfter = 5_000;

/** Whether the change can have happened while the transaction ran: by the kernel's own time of it, which cannot be set. */
export function isDuring({ before, after }: Change, { from, to, running }: Transaction): boolean {
  // When a file was deleted nobody wrote down: after it was last changed.
  if (after === undefined) return to + slackAfter >= before.ctime;
  return after.ctime >= from - slackBefore && (running || after.ctime <= to + slackAfter);
}

/** The last transaction that moved files of this package when the change happened. */
export function moving(
  transactions: readonly Transaction[],
  change: Change,
  name: string,
): Transaction | undefined {
  return transactions.findLast(
    (one) =>
      isDuring(change, one) &&
      one.packages.some((action) => movesFiles(action) && isAbout(action, name)),
  );
}
