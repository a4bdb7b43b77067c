import { closeSync, statSync } from "node:fs";
import { reasonOf } from "../../core/failure.ts";
import type { Entries } from "../join/entries.ts";
import { Generation, type Look, lastLineStart, type Mark } from "./generation.ts";
import { type Known, lineage, type Step } from "./lineage.ts";
import { type Found, findGenerations } from "./siblings.ts";
import { nothingTaken, type Taken, withoutEmpty } from "./taken.ts";

export interface LogReaderOptions {
  readonly path: string;
  /** Where the last run left off; undefined when there was none. */
  readonly marks: readonly Mark[] | undefined;
  /** Where an existing file begins when there was no last run. */
  readonly from: "end" | "start";
  /** Milliseconds that a rotated file stays open after its last line: its writer may be slow to change over. */
  readonly lingerMs: number;
  readonly clock: () => number;
  /** Joins lines to entries where the format has entries of several lines. */
  readonly entries?: Entries<Generation> | undefined;
}

/**
 * Reads one log by name through all its rotations, oldest generation first. Synchronous: a look costs a few system calls
 * on files that are in the page cache.
 */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #buffer = Buffer.allocUnsafe(readBytes);
  /** Open, oldest first; the last one bears the name, or did. */
  #held: Generation[] = [];
  /** Known but not open: read to the end long ago, or not found again yet. */
  #past: readonly Mark[] | undefined;
  #problem: string | undefined;
  #isMissing = true;
  #cut = 0;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    this.#past = options.marks;
  }

  /** Why the log cannot be read at the moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether there is no file of that name. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** Lines that lost their end: longer than the cap, or never finished in a file that was rotated away. */
  get cut(): number {
    return this.#cut + (this.#options.entries?.counts().cut ?? 0);
  }

  /** Where a next run goes on after all that `next` returned; undefined while nothing is known. */
  marks(): Mark[] | undefined {
    if (!this.#past && this.#held.length === 0) return undefined;
    return [...(this.#past ?? []), ...this.#held.map((generation) => this.#markOf(generation))];
  }

  /** The next lines or entries, at most one read of them; perhaps none though there is more to do. Undefined: wait. */
  next(): Taken | undefined {
    try {
      return this.#step();
    } catch (thrown) {
      if (!isOfTheSystem(thrown)) throw thrown;
      this.#problem = reasonOf(thrown);
      return undefined;
    }
  }

  close(): void {
    for (const generation of this.#held) generation.close();
    this.#held = [];
  }

  #step(): Taken | undefined {
    this.#findNamed();
    for (const generation of [...this.#held]) {
      const look = this.#lookAt(generation);
      if (look === "nothing") continue;
      if (look === "replaced") this.#survey();
      if (look === "replaced" || this.#isOvertaken(generation)) return nothingTaken;
      return this.#take(generation);
    }
    this.#retire();
    const texts = this.#options.entries?.expire(this.#options.clock()) ?? [];
    return texts.length > 0 ? { texts, offsets: [] } : undefined;
  }

  #take(generation: Generation): Taken {
    const { clock, entries } = this.#options;
    const lengths: number[] = [];
    const { lines, cut } = generation.take(lengths);
    this.#cut += cut;
    generation.quietSince = clock();
    const reading = { lines, lengths, end: generation.end };
    if (!entries) return withoutEmpty(reading);
    const offsets: (number | undefined)[] = [];
    return { texts: entries.push(generation, reading, clock(), offsets), offsets };
  }

  /** An entry that is not whole yet is read again from its beginning by a next run. */
  #markOf(generation: Generation): Mark {
    return generation.mark(this.#options.entries?.heldFrom(generation));
  }

  #findNamed(): void {
    const now = identityOf(this.#options.path);
    this.#isMissing = now === undefined;
    if (now === undefined) {
      this.#problem = undefined;
      // Seen to be missing, a log that appears later is new from its first line.
      this.#past ??= [];
      if (this.#held.length === 0 && this.#past.length > 0) this.#survey();
      return;
    }
    const last = this.#held.at(-1);
    if (!last || now !== `${last.dev} ${last.ino}`) this.#survey();
  }

  /** A generation that cannot be read is put aside until the next survey, so that it holds up no other. */
  #lookAt(generation: Generation): Look {
    try {
      return generation.peek();
    } catch (thrown) {
      this.#problem = reasonOf(thrown);
      this.#putAside(generation);
      return "nothing";
    }
  }

  /**
   * Whether something older must come first: a generation that was written to meanwhile, or one that was rotated away
   * from under the first bytes of this one. What was peeked was written before this is asked, so the answer is final.
   */
  #isOvertaken(generation: Generation): boolean {
    if (generation.isUntouched()) this.#survey();
    const index = this.#held.indexOf(generation);
    return index === -1 || this.#held.slice(0, index).some((older) => older.hasMore());
  }

  /** Finds out what there is to read and holds all of it open. */
  #survey(): void {
    const { found, problem } = findGenerations(this.#options.path);
    this.#problem = problem;
    const named = found.find(({ isNamed }) => isNamed);
    const isFirst = this.#past === undefined && this.#held.length === 0;
    const opened = new Set<Found>();
    if (!isFirst) this.#follow(found, opened);
    else if (named) this.#held = [this.#begin(named, opened)];
    for (const one of found) if (!opened.has(one)) closeSync(one.fd);
  }

  /** With no last run: at the end, so that an installation raises no alert for last month, or as told. */
  #begin(named: Found, opened: Set<Found>): Generation {
    opened.add(named);
    const { fd, size } = named;
    if (this.#options.from === "start") return new Generation(fd, named, 0, this.#buffer);
    // Rotated files are of no interest either unless they change from now on.
    const since = { ...named, modifiedAt: this.#options.clock() };
    return new Generation(fd, since, lastLineStart(fd, size), this.#buffer);
  }

  #follow(found: readonly Found[], opened: Set<Found>): void {
    const before = this.#held;
    const pastCount = this.#past?.length ?? 0;
    const known: Known[] = [
      ...(this.#past ?? []).map((mark) => ({ mark, head: undefined })),
      ...before.map((one) => ({ mark: one.mark(), head: one.isIntact() ? one.head() : undefined })),
    ];
    const generationOf = (step: Step<Found>) => {
      if (step.kind === "keep") return before.filter((one) => one.ino === step.known.mark.ino);
      opened.add(step.candidate);
      const offset = step.known?.mark.offset ?? 0;
      const one = new Generation(step.candidate.fd, step.candidate, offset, this.#buffer);
      const original = step.known && before[known.indexOf(step.known) - pastCount];
      if (original) this.#options.entries?.moved(original, one);
      return [one];
    };
    const steps = lineage(known, found);
    this.#held = steps.flatMap(generationOf);
    // While the log itself is not to be had, what was not found may be still to come.
    const lost = known.filter((one) => !one.head && !steps.some((step) => step.known === one));
    this.#past = found.some(({ isNamed }) => isNamed) ? [] : lost.map(({ mark }) => mark);
    for (const one of this.#held) one.quietSince = this.#options.clock();
    for (const one of before) if (!this.#held.includes(one)) one.close();
  }

  #retire(): void {
    const before = this.#options.clock() - this.#options.lingerMs;
    const done = this.#held
      .slice(0, -1)
      .filter((generation) => generation.quietSince < before && !generation.hasMore())
      .filter((generation) => this.#options.entries?.heldFrom(generation) === undefined);
    // Half a line may name another address than the whole: it is never passed on.
    this.#cut += done.filter((generation) => generation.hasUnfinishedLine()).length;
    this.#putAside(...done);
  }

  #putAside(...generations: readonly Generation[]): void {
    const marks = generations.map((generation) => this.#markOf(generation));
    this.#past = [...(this.#past ?? []), ...marks].slice(-maxPast);
    this.#held = this.#held.filter((generation) => !generations.includes(generation));
    for (const generation of generations) generation.close();
  }
}

/** One read, and so the most that is read again after a crash. */
const readBytes = 65_536;
const maxPast = 16;

/** The inode behind the name; undefined where there is none, "unknown" where that cannot be told. */
function identityOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat && `${stat.dev} ${stat.ino}`;
  } catch {
    // The survey finds out why, in words.
    return "unknown";
  }
}

/** A failed system call names itself (EIO, EMFILE, ESTALE, …); a fault of ours does not. */
function isOfTheSystem(thrown: unknown): boolean {
  return thrown instanceof Error && "syscall" in thrown;
}
