import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import * as z from "zod";
import type { LogFormat } from "../../core/event.ts";
import type { Log } from "../../core/log.ts";
import type { Batch, Source, SourceHealth } from "../../core/source.ts";
import { type Entries, openEntries, type Place } from "../join/entries.ts";
import type { Joiner } from "../join/joiner.ts";
import { type Generation, Mark } from "./generation.ts";
import { LogReader } from "./log-reader.ts";
import type { Positions } from "./positions.ts";
import type { Taken } from "./taken.ts";
import { watchLog } from "./wake.ts";

export interface FollowFileOptions {
  /** Absolute. */
  readonly path: string;
  readonly format: LogFormat;
  readonly positions: Positions;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Where an existing file begins at the very first start: "end" unless told otherwise. */
  readonly from?: "end" | "start";
  /** Whether every start counts as the very first. */
  readonly onlyFuture?: boolean | undefined;
  /** Makes what joins lines to entries, in formats that have entries of several lines. */
  readonly openJoiner?: (() => Joiner<Place>) | undefined;
  /** How often to look where no change is told of. */
  readonly pollMs?: number;
  /** How long a rotated file stays open after its last line: its writer may be slow to change over. */
  readonly lingerMs?: number;
}

/**
 * Follows a log by its name through rotation by rename or copytruncate, deletion, truncation and restarts of ours: every
 * line once, and those of a batch that was not `done` at a crash again. Lost is only what no file holds any more: what a
 * truncation without a copy took away, or what was compressed before it was read.
 */
export function followFile(options: FollowFileOptions): Source {
  const { path, log, clock } = options;
  let health: SourceHealth = { name: path, state: "waiting", ...nothingYet };

  const observe = (reading: Reading, lines: number) => {
    const now = { ...conditionOf(reading, options), ...countsOf(reading) };
    if (now.problem !== undefined && now.problem !== health.problem) log.warn(now.problem);
    if (now.problem === undefined && health.problem !== undefined) log.info(`following "${path}"`);
    const lastAt = lines > 0 ? clock() : health.lastAt;
    health = { ...health, ...now, lines: health.lines + lines, lastAt };
  };

  return {
    name: path,
    health: () => health,
    async *batches(signal) {
      const reading = openReading(options);
      let savedAt = reading.isNew ? Number.NEGATIVE_INFINITY : clock();
      const onLook = (taken: Taken | undefined) => {
        const texts = taken?.texts;
        observe(reading, texts?.length ?? 0);
        // What gives lines is saved when they are dealt with; what gives none has nobody else to save it.
        const isOwed = texts?.length === 0 || savedAt < 0;
        if (texts?.length || !isOwed || clock() - savedAt < saveMs) return;
        if (saveMarks(options, reading.reader.marks())) savedAt = clock();
      };
      try {
        for await (const taken of readings(reading, options, signal, onLook)) {
          yield batchOf(taken, reading.reader, options);
        }
      } finally {
        reading.reader.close();
      }
    },
  };
}

const nothingYet = { lines: 0, cut: 0, lastAt: undefined, problem: undefined };
const saveMs = 1000;

/** A run over the log: its reader, and what joins the lines that it reads. */
interface Reading {
  readonly reader: LogReader;
  readonly entries: Entries<Generation> | undefined;
  /** Whether no last run left a position. */
  readonly isNew: boolean;
}

function openReading(options: FollowFileOptions): Reading {
  const marks = options.onlyFuture ? undefined : savedMarks(options);
  const entries = options.openJoiner && openEntries<Generation>(options.openJoiner());
  const reader = new LogReader({ from: "end", lingerMs: 60_000, ...options, marks, entries });
  return { reader, entries, isNew: marks === undefined };
}

function savedMarks({ path, positions, log }: FollowFileOptions): Mark[] | undefined {
  const saved = positions.load(keyOf(path));
  if (saved === undefined) return undefined;
  const result = z.array(Mark).safeParse(jsonOr(saved));
  if (result.success) return result.data;
  log.warn(`the saved position in "${path}" cannot be understood, it is followed anew`);
  return undefined;
}

function saveMarks({ path, positions }: FollowFileOptions, marks: Mark[] | undefined): boolean {
  if (marks) positions.save(keyOf(path), JSON.stringify(marks));
  return marks !== undefined;
}

function batchOf({ texts, offsets }: Taken, reader: LogReader, options: FollowFileOptions): Batch {
  const { path: location, format } = options;
  const receivedAt = options.clock();
  const marks = reader.marks();
  return {
    lines: texts.map((text, index) => ({
      text,
      location,
      format,
      receivedAt,
      place: offsets[index],
    })),
    done: () => void saveMarks(options, marks),
  };
}

function conditionOf(
  { reader, entries }: Reading,
  { path, format }: FollowFileOptions,
): Pick<SourceHealth, "state" | "problem"> {
  if (reader.problem !== undefined) {
    return { state: "failed", problem: `cannot read "${path}": ${reader.problem}` };
  }
  if (reader.isMissing)
    return { state: "waiting", problem: `"${path}" does not exist, waiting for it` };
  if (entries?.counts().isMismatch)
    return { state: "following", problem: `"${path}" holds no entry of the format ${format}` };
  return { state: "following", problem: undefined };
}

function countsOf({ reader, entries }: Reading): Pick<SourceHealth, "cut" | "skipped"> {
  const { cut } = reader;
  return entries ? { cut, skipped: entries.counts().skipped } : { cut };
}

/** What the reader has, and what it gets, until `signal` aborts. `onLook` is told of each look: see `LogReader.next`. */
async function* readings(
  { reader, entries }: Reading,
  { path, clock, pollMs = 1000 }: FollowFileOptions,
  signal: AbortSignal,
  onLook: (taken: Taken | undefined) => void,
): AsyncGenerator<Taken> {
  const wake = watchLog(path);
  let lastAt = 0;
  try {
    while (!signal.aborted) {
      const taken = reader.next();
      onLook(taken);
      if (!taken) {
        const dueIn = (entries?.dueAt() ?? Number.POSITIVE_INFINITY) - clock();
        await wake.next(Math.min(pollMs, Math.max(1, dueIn)), signal);
        // A log that is written line by line is read some lines at a time, because a batch has its price.
        if (Math.abs(clock() - lastAt) < gatherMs) await delay(gatherMs);
        continue;
      }
      lastAt = clock();
      if (taken.texts.length > 0) yield taken;
      // Timers, sockets and signals get their turn however much there is to read.
      await turn();
    }
  } finally {
    wake.close();
  }
}

const gatherMs = 3;

const keyOf = (path: string) => `file:${path}`;

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Shown as a position that cannot be understood.
    return undefined;
  }
}
