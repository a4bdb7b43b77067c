import type { Change } from "../entry.ts";
import type { Transaction } from "../packages/transaction.ts";
import { isDuring, removing, takingAway } from "./during.ts";
import { pathOf } from "./facts.ts";
import type { Judged } from "./owned.ts";
import { isSystemPath } from "./places.ts";
import { type Surroundings, sideEffectOf } from "./side-effects.ts";

/** Judges a change of a file that no package says is its own (any more). */
export function judgeUnowned(
  change: Change,
  transactions: readonly Transaction[],
  around: Surroundings,
  ownerBefore: string | undefined,
): Judged {
  const explained =
    forgotten(change, transactions, around) ??
    takenAway(change, transactions, around, ownerBefore) ??
    sideEffect(change, transactions, around);
  if (explained) return explained;
  const isSystem = isSystemPath(pathOf(change));
  const reason = isSystem ? "no package owns it" : "no package has anything to say of it";
  const verdict = isSystem ? "unowned" : "plain";
  return { verdict, package: undefined, transaction: undefined, reason };
}

function takenAway(
  change: Change,
  transactions: readonly Transaction[],
  around: Surroundings,
  ownerBefore: string | undefined,
): Judged | undefined {
  if (change.after !== undefined || ownerBefore === undefined) return undefined;
  if (!around.hasList(ownerBefore)) return undefined;
  const transaction = takingAway(transactions, change, ownerBefore);
  const reason = `${ownerBefore} has it no more`;
  return transaction && { verdict: "explained", package: ownerBefore, transaction, reason };
}

/** What dpkg knew of a package goes with the package. */
function forgotten(
  change: Change,
  transactions: readonly Transaction[],
  { database }: Surroundings,
): Judged | undefined {
  const name = database.partOf(pathOf(change));
  if (change.after !== undefined || !name) return undefined;
  const transaction = removing(transactions, change, name);
  const reason = "the package manager's own records";
  return transaction && { verdict: "side-effect", package: name, transaction, reason };
}

function sideEffect(
  change: Change,
  transactions: readonly Transaction[],
  around: Surroundings,
): Judged | undefined {
  for (const transaction of transactions.toReversed()) {
    const effect = isDuring(change, transaction, around.facts)
      ? sideEffectOf(change, transaction, around)
      : undefined;
    if (effect) return { verdict: "side-effect", transaction, ...effect };
  }
  return undefined;
}
