import type { BytePath, Change } from "../entry.ts";
import { isAbout, type Transaction } from "../packages/transaction.ts";
import { pathOf } from "./facts.ts";
import { baseOf, mayBeGenerated } from "./generated.ts";
import type { Judged } from "./owned.ts";
import { concernIn, gainedPrivileges, isSystemPath } from "./places.ts";

/** However long a transaction runs, a change is judged as it is after this time. */
const mostPatience = 10 * 60_000;
/** What is put in place between two records of dpkg is on record after this time. */
const forDpkg = 3_000;
/** What a transaction did is told at once when nothing more of it came for this time. */
const untilSettled = 8_000;
/** prelink takes up to some seconds for one program. */
const untilRewritten = 30_000;
/** While a transaction runs, what waits for its end is looked at no more often. */
const untilNextLook = 15_000;
/** Of a file that was put back meanwhile nothing more is heard. */
const mostMemory = 2 * mostPatience;

/** Remembers since when each change waits. */
export interface Patience {
  /** For how many milliseconds this path has been waiting. */
  waited(path: BytePath): number;
  /** For how many milliseconds it has been other than the change says, at each look since: without end where it is as that says. */
  unsteady(path: BytePath, isOther: boolean): number;
  /** Which changes are due to be judged; the others were looked at a moment ago, and can only wait on while more comes. */
  sort(
    changes: readonly Change[],
    isMore: boolean,
  ): { readonly due: readonly Change[]; readonly early: readonly Change[] };
  forget(paths: readonly BytePath[]): void;
  /** These were rewritten by a program that goes through many, as prelink does. */
  rewrote(paths: readonly BytePath[]): void;
  /** Whether it is still at it, or has just been. */
  isRewriting(): boolean;
}

/** Times in milliseconds since 1970. */
interface Waiting {
  readonly since: number;
  looked: number;
  otherSince: number | undefined;
  isRewritten: boolean;
}

export function openPatience(now: () => number): Patience {
  const known = new Map<BytePath, Waiting>();
  let rewrittenAt = Number.NEGATIVE_INFINITY;
  const isEarly = (change: Change, isMore: boolean, time: number) => {
    const one = known.get(pathOf(change));
    if (!one || !(isMore || one.isRewritten) || isUrgent(change)) return false;
    return time - one.since < mostPatience && time - one.looked < untilNextLook;
  };
  return {
    rewrote(paths) {
      const fresh = paths
        .flatMap((path) => known.get(path) ?? [])
        .filter((one) => !one.isRewritten);
      for (const one of fresh) one.isRewritten = true;
      if (fresh.length > 0) rewrittenAt = now();
    },
    isRewriting: () => now() - rewrittenAt < untilRewritten,
    unsteady(path, isOther) {
      const one = known.get(path);
      if (one) one.otherSince = isOther ? (one.otherSince ?? now()) : undefined;
      return one?.otherSince === undefined ? Number.POSITIVE_INFINITY : now() - one.otherSince;
    },
    waited: (path) => now() - (known.get(path)?.since ?? now()),
    sort(changes, isMore) {
      const time = now();
      drop(known, time - mostMemory);
      const early = new Set(changes.filter((change) => isEarly(change, isMore, time)));
      const due = changes.filter((change) => !early.has(change));
      for (const path of due.map(pathOf)) {
        const one = known.get(path);
        if (one) one.looked = time;
        else
          known.set(path, { since: time, looked: time, otherSince: undefined, isRewritten: false });
      }
      return { due, early: [...early] };
    },
    forget(paths) {
      for (const path of paths) known.delete(path);
    },
  };
}

function drop(known: Map<BytePath, Waiting>, before: number): void {
  for (const [path, { since }] of known) if (since < before) known.delete(path);
}

export interface Moment {
  readonly transactions: readonly Transaction[];
  /** Whether others come that may belong to the same transaction. */
  readonly isMore: boolean;
  /** Whether more is about to be rewritten, see `Patience`. */
  readonly isRewriting: boolean;
  readonly now: number;
}

/** Whether the verdict may become another one, or one that is told together with others. `waited` is in milliseconds. */
export function mayWait(
  change: Change,
  waited: number,
  { verdict, transaction, package: name }: Judged,
  { transactions, isMore, isRewriting, now }: Moment,
): boolean {
  if (waited > mostPatience) return false;
  if (verdict === "prefiltered") return isRewriting;
  if (transaction && (verdict === "explained" || verdict === "side-effect")) {
    return transaction.running || isMore || now - transaction.to < untilSettled;
  }
  return mayBeOf(
    change,
    waited,
    name,
    transactions.filter((one) => one.running),
  );
}

/** Whether one of the transactions that run may still explain it. */
function mayBeOf(
  change: Change,
  waited: number,
  name: string | undefined,
  running: readonly Transaction[],
): boolean {
  if (name !== undefined) {
    return running.some(({ packages }) => packages.some((one) => isAbout(one, name)));
  }
  if (running.length === 0 || !mayComeFromDpkg(pathOf(change))) return false;
  return !isUrgent(change) || waited < forDpkg;
}

/** What an attacker would plant while packages are installed; dpkg's own such files are on record in a moment. */
function isUrgent(change: Change): boolean {
  const path = pathOf(change);
  if (path.endsWith(".dpkg-new") || path.endsWith(".dpkg-tmp")) return false;
  const concern = concernIn(change);
  if (concern === "accounts") return false;
  return concern !== undefined || gainedPrivileges(change).length > 0;
}

function mayComeFromDpkg(path: BytePath): boolean {
  return isSystemPath(path) || mayBeGenerated(path) || baseOf(path) !== undefined;
}
