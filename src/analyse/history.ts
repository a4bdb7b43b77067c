/**
 * What one source did lately, as far as frequency rules count it: the times and lines of its newest events, and when
 * each of those rules fired for it. Times are event times, so a replay of last month counts as last month did.
 */
interface Track {
  /** How many events there were in all; the newest is number `total - 1`. */
  total: number;
  /** Rings of the newest `depth` events: number n stands at n modulo depth. */
  readonly at: number[];
  readonly lines: string[];
  /** By rule id: the number of events when it fired, and when that was. */
  readonly fired: Map<number, { readonly total: number; readonly at: number }>;
}

/** How a frequency rule asks. Times in milliseconds. */
interface Question {
  readonly rule: number;
  readonly frequency: number;
  readonly timeframe: number;
  readonly ignore: number;
}

/** The events of one rule (or group of rules), kept apart by what they must have in common. */
export interface History {
  add(key: string, at: number, line: string, distinct?: string): void;
  /**
   * Whether the source has `frequency` events within `timeframe` since the rule last fired for it, and the rule is not
   * silent for it. Then the rule has fired: its count starts anew. Returns the earlier lines, newest first.
   */
  fire(key: string, at: number, question: Question): string[] | undefined;
  readonly size: number;
}

/** How many sources a history remembers, and how many characters of their lines: what a spray of sources can cost. */
interface Bounds {
  readonly sources: number;
  readonly characters: number;
}

/** What is kept of a line for the mail: its beginning. */
const maxLineLength = 1000;

/**
 * Makes a history that remembers `depth` events of each source. Beyond its bounds the source that was quiet for longest
 * makes room.
 */
export function openHistory(depth: number, bounds: Bounds): History {
  const tracks = new Map<string, Track>();
  let characters = 0;

  const touch = (key: string): Track => {
    const known = tracks.get(key);
    const track = known ?? { total: 0, at: [], lines: [], fired: new Map() };
    // A Map keeps the order of insertion, so the first key is always the one that was quiet for longest.
    if (known) tracks.delete(key);
    tracks.set(key, track);
    return track;
  };

  const makeRoom = () => {
    for (const [key, track] of tracks) {
      const isFull = tracks.size > bounds.sources || characters > bounds.characters;
      if (!isFull || tracks.size === 1) return;
      tracks.delete(key);
      characters -= track.lines.reduce((sum, line) => sum + line.length, 0);
    }
  };

  return {
    get size() {
      return tracks.size;
    },
    add(key, at, line) {
      const track = touch(key);
      const slot = track.total % depth;
      const kept = line.length > maxLineLength ? line.slice(0, maxLineLength) : line;
      characters += kept.length - (track.lines[slot]?.length ?? 0);
      track.at[slot] = at;
      track.lines[slot] = kept;
      track.total += 1;
      makeRoom();
    },
    fire(key, at, question) {
      const track = tracks.get(key);
      if (!track || !isDue(track, at, question, depth)) return undefined;
      track.fired.set(question.rule, { total: track.total, at });
      return earlierLines(track, question.frequency, depth);
    },
  };
}

function isDue(track: Track, at: number, question: Question, depth: number): boolean {
  const last = track.fired.get(question.rule);
  // Distances count both ways: a clock that was set back must not silence a rule for as long as the step was.
  if (last && Math.abs(at - last.at) < question.ignore) return false;
  if (track.total - (last?.total ?? 0) < question.frequency) return false;
  const oldest = track.at[(track.total - question.frequency) % depth];
  return oldest !== undefined && Math.abs(at - oldest) <= question.timeframe;
}

function earlierLines(track: Track, frequency: number, depth: number): string[] {
  const lines: string[] = [];
  for (let back = 2; back <= frequency; back++) {
    lines.push(track.lines[(track.total - back) % depth] ?? "");
  }
  return lines;
}
