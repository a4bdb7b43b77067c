import { reasonOf } from "../core/failure.ts";
import type { AccountFiles } from "./accounts.ts";
import type { BytePath, Change, JudgedChange } from "./entry.ts";
import { askAhead } from "./judging/ahead.ts";
import { type Facts, gatherFacts, pathOf } from "./judging/facts.ts";
import { type Judged, judgeOwned } from "./judging/owned.ts";
import { type Moment, mayWait, openPatience, type Patience } from "./judging/patience.ts";
import { openPrefilter, type Undo } from "./judging/prefilter.ts";
import type { Surroundings } from "./judging/side-effects.ts";
import type { Trust } from "./judging/trust.ts";
import { judgeUnowned } from "./judging/unowned.ts";
import type { PackageDatabase } from "./packages/package-database.ts";
import { isAbout, type Transaction } from "./packages/transaction.ts";
import { longestMemory, type Transactions } from "./packages/transactions.ts";

interface Parts {
  /** The root of the file system that is watched. */
  readonly root: string;
  /** Without what nobody should believe, see `openTrust`. */
  readonly packages: PackageDatabase;
  readonly hasList: Trust["hasList"];
  readonly transactions: Transactions;
  readonly accounts: AccountFiles;
  /** The files that verdicts rest on, see `openTools`. */
  readonly tools: { refresh(): void; includes(path: BytePath): boolean };
  /** The package that a file belonged to when it was last taken into the baseline: dpkg forgets what it removes. */
  readonly ownerBefore: (path: BytePath) => string | undefined;
  readonly now: () => number;
}

export interface Judgement {
  readonly judged: readonly JudgedChange[];
  /** To be judged again in a moment: a transaction runs, or has just ended, that explains them or may. */
  readonly wait: readonly Change[];
  /** Those that `judged` names, by id. */
  readonly transactions: ReadonlyMap<string, Transaction>;
}

export interface Judge {
  /**
   * Gives each change exactly one verdict, or says that it waits. Never throws: what cannot be found out is a verdict too. `isMore`:
   * others come that may belong to the same transaction. `prefilter`: the command that undoes what prelink does, see `openPrefilter`.
   */
  judge(
    changes: readonly Change[],
    isMore?: boolean,
    prefilter?: readonly string[],
  ): Promise<Judgement>;
  /** Which package owns each path, for the baseline to remember; absent where none does. */
  owners(paths: readonly BytePath[]): Promise<ReadonlyMap<BytePath, string>>;
  /** Which of these packages a transaction of the last minutes was about, and who asked for it. */
  justInstalled(packages: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}

/** A service that is installed has opened its ports after this time. */
const untilServing = 10 * 60_000;
/** A file that is not any more what the change was about is soon another change; one that is so for longer is told. */
const untilSteady = 10_000;
/** A package database that cannot be read for this time is told of. */
const untilUnreadable = 2_000;

/** Judges changes by what the package database says and what the package manager did. */
export function openJudge(parts: Parts): Judge {
  const patience = openPatience(parts.now);
  const undoneBy = openPrefilter(parts);
  return {
    async judge(changes, isMore = false, prefilter = undefined) {
      if (changes.length === 0) return { judged: [], wait: [], transactions: new Map() };
      const undo: Undo = (files) => undoneBy(prefilter, files);
      try {
        const transactions = await parts.transactions.since(parts.now() - longestMemory);
        const isRunning = transactions.some(({ running }) => running);
        const { due, early } = patience.sort(changes, isRunning || isMore);
        const judgement = await judgeAll(
          due,
          { transactions, isMore, now: parts.now() },
          { ...parts, undo },
          patience,
        );
        patience.forget(judgement.judged.map(({ change }) => pathOf(change)));
        return { ...judgement, wait: [...early, ...judgement.wait] };
      } catch (thrown) {
        return unverifiable(changes, patience, reasonOf(thrown));
      }
    },
    async justInstalled(packages) {
      const recent = await parts.transactions.since(parts.now() - untilServing);
      return new Map(
        [...packages].flatMap((name) => {
          const by = recent.find((one) => one.packages.some((action) => isAbout(action, name)));
          return by ? [[name, by.askedBy]] : [];
        }),
      );
    },
    async owners(paths) {
      const owners = await parts.packages.owners(paths);
      return new Map(
        [...owners].flatMap(([path, [first]]) => (first ? [[path, first.package]] : [])),
      );
    },
  };
}

async function judgeAll(
  changes: readonly Change[],
  moment: Omit<Moment, "isRewriting">,
  parts: Parts & { readonly undo: Undo },
  patience: Patience,
): Promise<Judgement> {
  const { transactions } = moment;
  const noticed = (path: BytePath) => parts.now() - patience.waited(path);
  const facts = await gatherFacts(changes, parts.packages, parts.root, noticed, parts.undo);
  const ahead = await askAhead(changes, facts, transactions, parts);
  const around = { facts, database: parts.packages, accounts: parts.accounts, ...ahead };
  parts.tools.refresh();
  const all: JudgedChange[] = [];
  const wait: Change[] = [];
  const named = new Map<string, Transaction>();
  const verdicts = changes.map((change) => judgeOne(change, around, transactions, parts));
  patience.rewrote(changes.filter((_, at) => verdicts[at]?.verdict === "prefiltered").map(pathOf));
  const isRewriting = patience.isRewriting();
  for (const [at, judged] of verdicts.entries()) {
    const change = changes[at] as Change;
    const waited = patience.waited(pathOf(change));
    const isStale = patience.unsteady(pathOf(change), isOther(change, facts)) < untilSteady;
    if (isStale || mayWait(change, waited, judged, { ...moment, isRewriting })) {
      wait.push(change);
      continue;
    }
    // What it was about is no more: that it went is a change by itself, unless nobody ever knew it.
    if (isGone(change, facts)) continue;
    if (judged.transaction) named.set(judged.transaction.id, judged.transaction);
    all.push(asTold(change, judged, facts, parts));
  }
  return { judged: all, wait, transactions: named };
}

function judgeOne(
  change: Change,
  around: Surroundings,
  transactions: readonly Transaction[],
  { ownerBefore, packages }: Parts,
): Judged {
  const path = pathOf(change);
  const [first, ...others] = around.facts.claims(path);
  if (first) return judgeOwned(change, [first, ...others], around.facts, transactions);
  const judged = judgeUnowned(change, transactions, around, ownerBefore(path));
  if (judged.verdict === "side-effect" || packages.partOf(path) === undefined) return judged;
  const reason = "the package manager's own records, and no transaction explains the change";
  return { ...judged, verdict: "tools", reason };
}

function isGone({ after }: Change, facts: Facts): boolean {
  return after?.kind === "file" && facts.hashed(after.path)?.is === "gone";
}

/** Whether the file holds something else by now than what the change is about: then that will be another change. */
function isOther({ after }: Change, facts: Facts): boolean {
  if (after?.kind !== "file" || after.sha256 === undefined) return false;
  const now = facts.hashed(after.path);
  return now?.is === "gone" || (now?.is === "read" && now.sha256 !== after.sha256);
}

function asTold(change: Change, judged: Judged, facts: Facts, { tools }: Parts): JudgedChange {
  const { verdict, reason } = isOther(change, facts)
    ? { verdict: "unverified" as const, reason: "it was changed again while it was looked at" }
    : judged;
  const told = {
    change,
    package: judged.package,
    transaction: judged.transaction?.id,
  };
  if (!tools.includes(pathOf(change)) || verdict === "tools") return { ...told, verdict, reason };
  return {
    ...told,
    verdict: "tools",
    otherwise: verdict,
    reason: `verdicts rest on it; ${reason}`,
  };
}

/** Where the database cannot be read now, it may be a moment later; what waits too long is told as it is. */
function unverifiable(changes: readonly Change[], patience: Patience, reason: string): Judgement {
  patience.sort(changes, false);
  const isLate = (change: Change) => patience.waited(pathOf(change)) >= untilUnreadable;
  const judged = changes.filter(isLate).map(
    (change): JudgedChange => ({
      change,
      verdict: "unverified",
      package: undefined,
      transaction: undefined,
      reason: `the package database cannot be read: ${reason}`,
    }),
  );
  patience.forget(judged.map(({ change }) => pathOf(change)));
  return {
    judged,
    wait: changes.filter((change) => !isLate(change)),
    transactions: new Map(),
  };
}
