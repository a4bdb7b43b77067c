import { hash } from "node:crypto";
import { Pool, type Bounds as PoolBounds } from "./pool.ts";
import {
  begin,
  earlierLines,
  isDue,
  newTrack,
  type Question,
  remember,
  type Track,
} from "./track.ts";

/**
 * The events of one rule (or group of rules), kept apart by what they must have in common. Times are event times, so a
 * replay of last month counts as last month did.
 */
export interface History {
  /**
   * Counts an event. Where `distinct` is given only events that differ in it count together: one whose value is remembered
   * already takes the place of that one.
   */
  add(key: string, at: number, line: string, distinct?: string): void;
  /**
   * Whether the source has `frequency` events within `timeframe` since the rule last fired for it, and the rule is not
   * silent for it. Then the rule has fired: its count starts anew. Returns the earlier lines, newest first.
   */
  fire(key: string, at: number, question: Question): string[] | undefined;
  readonly size: number;
}

/** What a history may cost, and for how long an event matters at all, in milliseconds: for ever when absent. */
interface Bounds extends PoolBounds {
  readonly span?: number;
}

/** What is kept of a line for the mail: its beginning. */
const maxLineLength = 1000;
/** A key or a value that is longer is known by its hash. */
const maxKeyLength = 128;

/**
 * Makes a history that remembers `depth` events of each source, in a pool of its own or in one that is shared. `span` should
 * be the longest time a rule asks for: a source that was quiet for longer begins anew, and lines that come later than that
 * (of a log that is caught up) count among themselves.
 */
export function openHistory(depth: number, bounds: Bounds, pool: Pool = new Pool(bounds)): History {
  const span = bounds.span ?? Number.POSITIVE_INFINITY;
  const tracks = new Map<string, Track>();

  const find = (key: string, at: number): Track | undefined => {
    const track = tracks.get(key);
    return track && track.newest - at > span ? tracks.get(late(key)) : track;
  };

  const make = (known: string): Track => {
    const key = own(tracks.has(known) ? late(known) : known);
    const track = newTrack(tracks, key, span);
    tracks.set(key, track);
    return track;
  };

  return {
    get size() {
      return tracks.size;
    },
    add(name, at, text, distinct) {
      const line = text.length > maxLineLength ? own(text.slice(0, maxLineLength)) : text;
      const value = distinct === undefined ? undefined : own(short(distinct));
      const key = short(name);
      const track = find(key, at) ?? make(key);
      const goesOn = Math.abs(at - track.newest) <= span;
      const more = (goesOn ? remember : begin)(track, { at, line, value }, depth);
      pool.touch(track, at, more);
    },
    fire(name, at, question) {
      const track = find(short(name), at);
      if (!track || !isDue(track, at, question, depth)) return undefined;
      track.fired ??= new Map();
      track.fired.set(question.rule, { total: track.total, at });
      return earlierLines(track, question.frequency, depth);
    },
  };
}

/** The key under which lines are counted that come much later than others of their source. */
function late(key: string): string {
  return `${key}\0late`;
}

function short(text: string): string {
  return text.length > maxKeyLength ? hash("sha256", text, "base64") : text;
}

/**
 * The same text on its own. What V8 cuts out of a long text keeps all of that in memory; appending to it makes a copy,
 * of which this is then a part.
 */
function own(text: string): string {
  return `${text}\0`.slice(0, -1);
}
