import { join } from "node:path";
import { type Run, readAptHistory } from "./apt-history.ts";
import { askedBy, unattendedUpgrades } from "./asked-by.ts";
import { isDpkgAtWork } from "./at-work.ts";
import { type Done, readDpkgLog } from "./dpkg-log.ts";
import { logStamp } from "./log-files.ts";
import { type PackageAction, stampOf, type Transaction } from "./transaction.ts";

/** Runs of dpkg by hand that are no further apart are one. */
const sameRun = 60_000;
/** A run of which nothing was heard for longer is over, whoever holds the lock. */
const longestSilence = 10 * 60_000;
/** What happened longer ago (in milliseconds) nobody looks for. */
export const longestMemory = 31 * 86_400_000;
/** Clocks of logs count whole seconds. */
const second = 1_000;

interface Place {
  /** The root of the file system whose packages these are. */
  readonly root: string;
  readonly dpkgLog?: string;
  readonly history?: string;
  readonly folder?: string;
  readonly procLocks?: string;
  readonly now: () => number;
}

export interface Transactions {
  /** Those that ended after `since`, the oldest first. */
  since(at: number): Promise<readonly Transaction[]>;
}

/**
 * What the package manager did, by its own logs: apt's history says what asked for it and when it began and ended, dpkg's log what
 * became of which package. dpkg runs that no front end tells of are transactions too. Logs are root's, but what is in them is
 * bounded, a half-written end is left out, and times that go backwards only widen a run.
 */
export function openTransactions({
  root,
  dpkgLog = "/var/log/dpkg.log",
  history = "/var/log/apt/history.log",
  folder = "/var/lib/dpkg",
  procLocks,
  now,
}: Place): Transactions {
  const [log, runs] = [join(root, dpkgLog), join(root, history)];
  let read: { readonly of: string; readonly since: number; readonly logs: Logs } | undefined;
  const logsSince = async (since: number): Promise<Logs> => {
    const of = `${await logStamp(log)} ${await logStamp(runs)}`;
    if (read?.of === of && read.since <= since) return read.logs;
    const logs = {
      done: await readDpkgLog(log, since),
      runs: await readAptHistory(runs, since),
    };
    read = { of, since, logs };
    return logs;
  };
  return {
    async since(at) {
      // What began before may have ended after.
      const logs = await logsSince(at - 6 * 3_600_000);
      const atWork = (await isDpkgAtWork(join(root, folder), procLocks)) === true;
      return transactionsOf(logs, atWork, now()).filter(({ to }) => to >= at);
    },
  };
}

interface Logs {
  readonly done: readonly Done[];
  readonly runs: readonly Run[];
}

/** Puts the two logs together. Exported for its test. */
function transactionsOf({ done, runs }: Logs, atWork: boolean, now: number): Transaction[] {
  const left = new Set(done);
  const byApt = runs.map((run, index) => {
    const until = run.to ?? runs[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const [first, last] = [Math.min(run.from, until), Math.max(run.from, until)];
    const within = done.filter((one) => one.at >= first - second && one.at <= last + second);
    const own = run.to === undefined ? withoutSilence(within, run.from) : within;
    for (const one of own) left.delete(one);
    const isLast = index === runs.length - 1;
    return ofApt(run, own, isLast && run.to === undefined && atWork, now);
  });
  const all = [...inOne(byApt), ...byHand([...left], atWork, now)];
  return all.sort((one, other) => one.from - other.from);
}

/** unattended-upgrades runs apt once for each few packages, so that it can be ended in between: to a person that is one thing. */
function inOne(runs: readonly Transaction[]): Transaction[] {
  const all: Transaction[] = [];
  for (const run of runs) {
    const last = all.at(-1);
    const isNext = last?.askedBy === unattendedUpgrades && run.askedBy === unattendedUpgrades;
    if (!last || !isNext || run.from - last.to > sameRun) all.push(run);
    else all.splice(-1, 1, together(last, run));
  }
  return all;
}

function together(first: Transaction, next: Transaction): Transaction {
  const { to, running, packages } = next;
  return { ...first, to, running, packages: [...first.packages, ...packages] };
}

/** Of a run that never said its end: what belongs to it ends where nothing was heard for too long. */
function withoutSilence(done: readonly Done[], from: number): readonly Done[] {
  const end = done.findIndex(
    ({ at }, index) => at - (done[index - 1]?.at ?? from) > longestSilence,
  );
  return end < 0 ? done : done.slice(0, end);
}

function ofApt(run: Run, own: readonly Done[], mayRun: boolean, now: number): Transaction {
  const running = mayRun && now - Math.max(run.from, ...own.map(({ at }) => at)) < longestSilence;
  const heard = Math.max(run.from, run.to ?? 0, ...own.map(({ at }) => at));
  return {
    id: `apt-${stampOf(run.from)}`,
    from: Math.min(run.from, run.to ?? run.from),
    to: heard,
    running,
    askedBy: askedBy(run),
    packages: own.length === 0 || running ? [...distinct(own), ...run.packages] : distinct(own),
  };
}

function byHand(left: readonly Done[], atWork: boolean, now: number): Transaction[] {
  const groups: Done[][] = [];
  for (const one of left) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && Math.abs(one.at - last.at) <= sameRun) group.push(one);
    else groups.push([one]);
  }
  return groups.map((group, index) => {
    const times = group.map(({ at }) => at);
    const [from, to] = [Math.min(...times), Math.max(...times)];
    return {
      id: `dpkg-${stampOf(from)}`,
      from,
      to,
      running: atWork && index === groups.length - 1 && now - to < longestSilence,
      askedBy: "dpkg",
      packages: distinct(group),
    };
  });
}

/** What was done to each package: of several steps the one that moved its files. */
function distinct(done: readonly Done[]): PackageAction[] {
  const byPackage = new Map<string, PackageAction>();
  for (const { action } of done) {
    const key = `${action.package}:${action.architecture}`;
    const known = byPackage.get(key);
    byPackage.set(key, known ? weightier(known, action) : action);
  }
  return [...byPackage.values()];
}

const weights = [
  "trigger",
  "configure",
  "reinstall",
  "downgrade",
  "upgrade",
  "install",
  "remove",
  "purge",
];

function weightier(one: PackageAction, other: PackageAction): PackageAction {
  return weights.indexOf(other.action) >= weights.indexOf(one.action) ? other : one;
}
