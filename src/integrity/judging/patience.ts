import type { BytePath, Change } from "../entry.ts";
import { isAbout, type Transaction } from "../packages/transaction.ts";
import { pathOf } from "./facts.ts";
import { baseOf, mayBeGenerated } from "./generated.ts";
import type { Judged } from "./owned.ts";
import { concernOf, gainedPrivileges, isSystemPath } from "./places.ts";

/** A change whose verdict is wanted. */
export interface Pending {
  readonly change: Change;
  /** When it was found, in milliseconds since 1970. */
  readonly since: number;
}

/** However long a transaction runs, a change is judged as it is after this time. */
export const mostPatience = 10 * 60_000;
/** What is put in place between two records of dpkg is on record after this time. */
const forDpkg = 3_000;
/** What a transaction did is told at once when nothing more of it came for this time. */
const untilSettled = 8_000;

/** Whether the verdict may become another one, or one that is told together with others. */
export function mayWait(
  { change, since }: Pending,
  judged: Judged,
  transactions: readonly Transaction[],
  now: number,
): boolean {
  const waited = now - since;
  if (waited > mostPatience || waited < 0) return false;
  const { verdict, transaction } = judged;
  if (verdict === "explained" || verdict === "side-effect") {
    return (
      transaction !== undefined && (transaction.running || now - transaction.to < untilSettled)
    );
  }
  const running = transactions.filter((one) => one.running);
  const name = judged.package;
  if (name !== undefined) {
    return running.some(({ packages }) => packages.some((one) => isAbout(one, name)));
  }
  if (running.length === 0) return false;
  return isUrgent(change) ? waited < forDpkg : mayComeFromDpkg(pathOf(change));
}

/** What an attacker would plant while packages are installed; dpkg's own such files are on record in a moment. */
export function isUrgent(change: Change): boolean {
  const path = pathOf(change);
  if (path.endsWith(".dpkg-new") || path.endsWith(".dpkg-tmp")) return false;
  const concern = concernOf(path);
  if (concern === "accounts") return false;
  return concern !== undefined || gainedPrivileges(change).length > 0;
}

function mayComeFromDpkg(path: BytePath): boolean {
  return isSystemPath(path) || mayBeGenerated(path) || baseOf(path) !== undefined;
}
