import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Line } from "../../core/event.ts";
import type { Log } from "../../core/log.ts";
import type { Source, SourceHealth } from "../../core/source.ts";
import { entryFields, type JournalEntry } from "./journal-entry.ts";
import { type JournalProcess, startJournalctl } from "./journal-process.ts";
import { isWanted, journalctlMatches, type Selection } from "./journal-selection.ts";
import type { Positions } from "./positions.ts";

export interface FollowJournalOptions {
  readonly selection: Selection;
  /** Whether every start counts as the very first. */
  readonly onlyFuture?: boolean;
  readonly positions: Positions;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** journalctl(1), or what a test has in its place. */
  readonly command?: readonly [string, ...string[]];
  /** How long to wait before journalctl is started again; doubled each time, up to a minute. */
  readonly retryMs?: number;
}

export const journalctl = "/usr/bin/journalctl";

/**
 * Follows the systemd journal through journalctl: from now on at the very first start, later from the saved cursor. The
 * text of a line is the message alone; who said it, as far as that can be believed, is in its `header`. Entries that
 * cannot be read are counted in `cut`.
 */
export function followJournal(options: FollowJournalOptions): Source {
  const { clock, log, positions, selection, command = [journalctl], retryMs = 1000 } = options;
  let health: SourceHealth = { name, state: "waiting", lines: 0, cut: 0, ...noNews };
  const fail = (process: JournalProcess) => {
    const problem = `journalctl ended: ${process.lastWords()}; the user stockade must be in the group systemd-journal`;
    if (problem !== health.problem) log.warn(problem);
    health = { ...health, state: "failed", problem };
  };

  async function* follow(process: JournalProcess, onPlace: (place: Place) => void) {
    health = { ...health, state: "following" };
    for await (const { entries, skipped } of process.readings) {
      const receivedAt = clock();
      const last = entries.at(-1);
      const place = last && { cursor: last.cursor, since: last.header.at };
      if (place) onPlace(place);
      const wanted = entries.filter((entry) => isWanted(entry, selection));
      health = counted(health, wanted.length, skipped, receivedAt);
      if (!place || wanted.length === 0) continue;
      const lines = wanted.map((entry) => lineOf(entry, receivedAt));
      yield { lines, done: () => positions.save(name, JSON.stringify(place)) };
    }
  }

  return {
    name,
    health: () => health,
    async *batches(signal) {
      let place = beginning(options);
      positions.save(name, JSON.stringify(place));
      for (let wait = retryMs; !signal.aborted; wait = Math.min(2 * wait, maxRetryMs)) {
        const process = startJournalctl(command, argumentsFor(place, selection), signal);
        yield* follow(process, (reached) => {
          [place, wait] = [reached, retryMs];
        });
        if (!signal.aborted) fail(process);
        // A cursor that journalctl refuses must not be the end: the time is good enough then.
        if (/cursor/i.test(process.lastWords())) place = { since: place.since };
        await pause(wait, signal);
      }
    },
  };
}

const name = "journald";
const noNews = { lastAt: undefined, problem: undefined };
const maxRetryMs = 60_000;

const Place = z.strictObject({ cursor: z.string().optional(), since: z.number() });
type Place = z.infer<typeof Place>;

function beginning({ positions, clock, onlyFuture }: FollowJournalOptions): Place {
  const saved = onlyFuture ? undefined : savedPlace(positions.load(name));
  return saved ?? { since: clock() };
}

function savedPlace(saved: string | undefined): Place | undefined {
  try {
    return saved === undefined ? undefined : Place.parse(JSON.parse(saved));
  } catch {
    // Not ours: the journal is followed from now on.
    return undefined;
  }
}

function argumentsFor({ cursor, since }: Place, selection: Selection): string[] {
  return [
    "--output=json",
    "--all",
    "--follow",
    "--no-tail",
    "--no-pager",
    "--quiet",
    `--output-fields=${entryFields.join(",")}`,
    cursor === undefined ? `--since=@${(since / 1000).toFixed(3)}` : `--after-cursor=${cursor}`,
    ...journalctlMatches(selection),
  ];
}

function lineOf({ text, header, cursor }: JournalEntry, receivedAt: number): Line {
  return { text, location: name, format: "journald", receivedAt, place: cursor, header };
}

function counted(health: SourceHealth, lines: number, skipped: number, at: number): SourceHealth {
  return {
    ...health,
    lines: health.lines + lines,
    cut: health.cut + skipped,
    lastAt: lines > 0 ? at : health.lastAt,
    problem: undefined,
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {
    // Aborted: there is nothing to wait for.
  });
}
