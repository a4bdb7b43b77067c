import type { PathPattern } from "../../config/syscheck-settings.ts";
import type { Finding } from "../../core/finding.ts";
import type { BytePath, Change, Entry, IntegrityVerdict, JudgedChange } from "../entry.ts";
import type { PastLooks } from "../schedule.ts";
import type { Stamp } from "../stamp.ts";

/**
 * What every watched file is expected to be, what became of it, and what is still to be told. Each call is one
 * transaction on the disk: a process killed at any instant leaves all of it or nothing.
 */
export interface Baseline {
  /** Why it began anew, for people, where what was there could not be used: files that changed meanwhile are not told. */
  readonly setAside: string | undefined;
  /** How many files it holds. */
  readonly count: number;
  /** How many are outstanding and how many findings wait, without reading them. */
  counts(): { readonly outstanding: number; readonly waiting: number };
  get(path: BytePath): Entry | undefined;
  /** What comes after a path in the order of a walk, at most `limit` of them; from the start without one. */
  after(path: BytePath | undefined, limit: number): Row[];
  /** The same of a folder and all below it. */
  within(folder: BytePath, after: BytePath | undefined, limit: number): Row[];
  /** Puts in what is seen for the first time where nothing was expected yet: no difference, nothing to tell. */
  learn(entries: readonly Entry[], texts?: Texts): void;
  /** Replaces entries that differ in nothing that is watched (another inode, another time): nothing to tell. */
  refresh(entries: readonly Entry[], texts?: Texts): void;
  /** Leaves out what the settings no longer watch. */
  forget(paths: readonly BytePath[]): void;
  /**
   * Takes changes in, with what is to be told of them, and the texts that their next differences are made from. `accepted`: they are
   * as they should be.
   */
  take(
    judged: readonly JudgedChange[],
    findings: readonly Finding[],
    texts?: Texts,
    accepted?: boolean,
  ): void;
  /** The text of a file as the baseline has it, where one was kept. */
  text(path: BytePath): Uint8Array | undefined;
  /** The same as it was when the file was last accepted, where that is another. */
  acceptedText(path: BytePath): Uint8Array | undefined;
  /** Findings that nobody has dealt with, the oldest first; those behind a number, where one is given. */
  waiting(limit: number, behind?: number): WaitingFinding[];
  /** Drops findings up to this id. */
  dealtWith(upTo: number): void;
  /** What happened to a file, the newest first. */
  history(path: BytePath, limit?: number): PastChange[];
  /** The same of a folder and all below it. */
  historyWithin(folder: BytePath, limit: number): PastChange[];
  /** What happened to all files, the newest first: what one transaction did, or what was taken since then (milliseconds since 1970). */
  changes(wanted: Wanted, limit: number): PastChange[];
  /** What differs from the state that was last accepted or explained, in the order of paths. */
  outstanding(after?: BytePath, limit?: number): Outstanding[];
  /** The same of one file; undefined where it is as it was accepted. */
  outstandingOf(path: BytePath): Outstanding | undefined;
  /** The present state of these files, and of all below them, is as it should be. Returns how many were outstanding. */
  accept(paths: readonly BytePath[]): number;
  acceptTransaction(id: string): number;
  /** Which parts of the settings have been walked to their end once; see `Target.area`. */
  isKnown(area: string): boolean;
  /** What the settings left out then: what it hides has never been looked at. */
  ignored(): readonly PathPattern[];
  makeKnown(areas: readonly string[], ignored: readonly PathPattern[]): void;
  /** When a look at everything was over, in milliseconds since 1970; `isFull`: it has read every file. */
  noteLook(at: number, isFull: boolean): void;
  looks(): PastLooks;
  /** Walks all rows and says whether anybody but us has changed, removed, added or replaced any. Other calls are fine meanwhile. */
  verify(): Promise<Verification>;
  /** Writes a signed list of everything, which `verifyExport` checks on another machine. */
  export(write: (chunk: string) => void): void;
  close(): void;
}

/** As much of an entry as says whether a file has to be looked at again. */
export interface Row {
  readonly path: BytePath;
  readonly stamp: Stamp;
  /** Whether the sum of its content is known. */
  readonly isRead: boolean;
  /** Whether it is known to have capabilities, see capabilities(7). */
  readonly isCapable?: boolean;
}

/** Contents of files that differences may be shown of, by path. */
export type Texts = ReadonlyMap<BytePath, Uint8Array>;

export interface WaitingFinding {
  readonly id: number;
  readonly finding: Finding;
}

/** Which changes are asked for; both must hold. */
export interface Wanted {
  readonly transaction: string | undefined;
  readonly since: number | undefined;
}

/** A change as it was taken. */
export interface PastChange {
  /** When it was taken, in milliseconds since 1970. */
  readonly at: number;
  readonly change: Change;
  readonly verdict: IntegrityVerdict;
  readonly package: string | undefined;
  readonly transaction: string | undefined;
  readonly reason: string;
}

/** A file that is not as it was accepted. */
export interface Outstanding {
  readonly path: BytePath;
  /** As it was accepted; undefined when there was none. */
  readonly accepted: Entry | undefined;
  /** As it is; undefined when it is gone. */
  readonly now: Entry | undefined;
  /** When it first differed, and when it last changed. */
  readonly since: number;
  readonly last: number;
  readonly changes: number;
  readonly verdict: IntegrityVerdict;
  readonly package: string | undefined;
  readonly transaction: string | undefined;
}

export interface Verification {
  readonly isGenuine: boolean;
  readonly rows: number;
  /** How often it was written since it began: an older copy put back has a lower one. */
  readonly generation: number;
  /** What is wrong, for people; the first hundred. */
  readonly problems: readonly string[];
}
