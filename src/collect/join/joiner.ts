/**
 * Puts the lines of one log together to entries. Pure: it knows of no files and no clock. `Place` is where a line stands,
 * for whoever asks.
 */
export interface Joiner<Place> {
  /** Takes the next line and returns the entries that are whole with it. Never throws. */
  push(line: string, place: Place, now: number): readonly string[];
  /** To be asked when there is no next line: the entries that have waited for one long enough. */
  expire(now: number): readonly string[];
  /** Where the oldest entry begins that was not handed over yet. */
  heldFrom(): Place | undefined;
  /** When `expire` will have something; undefined when nothing waits. */
  dueAt(): number | undefined;
  counts(): JoinCounts;
}

export interface JoinCounts {
  /** Entries that were handed over without all of their lines: there were too many, or they came too late. */
  readonly cut: number;
  /** Lines that were left out: of no interest, or of an entry that nobody saw begin. */
  readonly skipped: number;
  /** Whether many lines came and no entry among them: the log must be of another format. */
  readonly isMismatch: boolean;
}

/** How long an entry may grow, and how long it may wait. */
export interface Limits {
  readonly maxLines: number;
  /** In characters, all lines together. */
  readonly maxLength: number;
  /** Milliseconds after its last line after which an entry is taken for whole. */
  readonly quietMs: number;
}

/** An entry whose lines are coming in. */
export interface OpenEntry<Place> {
  readonly place: Place;
  readonly lines: string[];
  readonly beganAt: number;
  lastAt: number;
  isCut: boolean;
  /** Characters that did not fit. */
  dropped: number;
  readonly ordinary: Room;
  readonly vital: Room;
}

interface Room {
  lines: number;
  length: number;
}

export function beginEntry<Place>(place: Place, now: number): OpenEntry<Place> {
  return {
    place,
    lines: [],
    beganAt: now,
    lastAt: now,
    isCut: false,
    dropped: 0,
    ordinary: { lines: 0, length: 0 },
    vital: { lines: 0, length: 0 },
  };
}

/** Adds a line as far as there is room. Vital lines have room of their own, which ordinary ones cannot take from them. */
export function addLine(
  entry: OpenEntry<unknown>,
  text: string,
  now: number,
  limits: Limits,
  isVital = false,
): void {
  const room = isVital ? entry.vital : entry.ordinary;
  const kept = room.lines < limits.maxLines ? text.slice(0, limits.maxLength - room.length) : "";
  entry.lastAt = now;
  if (kept.length < text.length || room.lines >= limits.maxLines) {
    entry.isCut = true;
    entry.dropped += text.length - kept.length + 1;
  }
  if (kept === "" && text !== "") return;
  entry.lines.push(kept);
  room.lines += 1;
  room.length += kept.length + 1;
}

/** When an entry is handed over although its end has not come: it was quiet, or it has taken its time. */
export function dueAt(entry: OpenEntry<unknown>, { quietMs }: Limits): number {
  return Math.min(entry.lastAt + quietMs, entry.beganAt + maxAgeMs);
}

/** Whether so much was dropped that the end is not waited for. */
export function isEndless(entry: OpenEntry<unknown>): boolean {
  return entry.dropped > maxDropped;
}

const maxAgeMs = 10_000;
const maxDropped = 16_777_216;
