import type { Place } from "../../collect/join/entries.ts";
import type { Joiner } from "../../collect/join/joiner.ts";
import type { LocalFile } from "../../config/local-file.ts";
import type { Line } from "../../core/event.ts";
import { openLineClock } from "./line-clock.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { type HistoryLog, logOf } from "./log-format.ts";
import { type Lines, merge } from "./merge.ts";

/** Which part of some logs is a history. */
export interface HistoryOptions {
  /** How the lines are written; undefined: as the settings say of the file, or else its name. */
  readonly format: string | undefined;
  /** Lines from before are left out; milliseconds since 1970. */
  readonly since: number;
  /** The logs that the settings name. */
  readonly localFiles: readonly LocalFile[];
}

/**
 * Reads logs, rotated and compressed ones too, as one history in the order of its times: `receivedAt` is when a line says
 * it was written. One that does not say so comes with the line before it. Throws a `Failure` for what cannot be read.
 */
export function readHistory(paths: readonly string[], options: HistoryOptions): Lines {
  const files = paths.map((path) => ({ file: openLogFile(path), log: logOf(path, options) }));
  return merge(files.map(({ file, log }) => linesOf(file, log, options.since)));
}

async function* linesOf(file: LogFile, log: HistoryLog, since: number): Lines {
  const read = entryReader(file, log);
  for await (const texts of file.lines()) {
    yield read(texts).filter(({ receivedAt }) => receivedAt >= since);
  }
  yield read.rest().filter(({ receivedAt }) => receivedAt >= since);
}

/** Clocks differ, and a log may have been written in another zone. */
const slack = 26 * 3_600_000;

function entryReader({ changedAt }: LogFile, { location, format, joiner }: HistoryLog) {
  const timeOf = openLineClock();
  let at: number | undefined;

  const ownTime = (text: string) => {
    const own = timeOf(text, changedAt);
    return own !== undefined && own <= changedAt + slack ? own : undefined;
  };
  const lineOf = (text: string, receivedAt: number): Line => ({
    text,
    location,
    format,
    receivedAt,
  });

  const entriesOf = (text: string, time: number): Line[] =>
    joiner
      ? joined(joiner, text, time).map(([entry, its]) => lineOf(entry, its))
      : [lineOf(text, time)];

  const read = (texts: readonly string[]): Line[] => {
    const times = texts.map(ownTime);
    let last = at ?? times.find((time) => time !== undefined) ?? changedAt;
    const lines: Line[] = [];
    for (const [index, text] of texts.entries()) {
      last = times[index] ?? last;
      for (const line of entriesOf(text, last)) lines.push(line);
    }
    at = last;
    return lines;
  };
  const rest = () =>
    joiner ? joiner.expire(Number.POSITIVE_INFINITY).map((text) => lineOf(text, at ?? 0)) : [];
  return Object.assign(read, { rest });
}

/** The entries that are whole with this line, and when they happened: an entry that the next one ends began before. */
function joined(joiner: Joiner<Place>, text: string, at: number): [string, number][] {
  // Of a place only the time is wanted.
  const began = joiner.heldFrom()?.offset ?? at;
  const entries = joiner.push(text, { file: joiner, offset: at }, at);
  const isEndedByNext = joiner.heldFrom() !== undefined;
  return entries.map((entry) => [entry, isEndedByNext ? began : at]);
}
