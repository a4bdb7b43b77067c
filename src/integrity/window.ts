import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Change } from "./entry.ts";

const Window = z.strictObject({
  since: z.number(),
  until: z.number(),
  why: z.string(),
  changes: z.number(),
  /** What changed, with how; the first of them. */
  named: z.array(z.tuple([z.string(), z.enum(["added", "modified", "deleted"])])),
});
type Window = z.infer<typeof Window>;

/** A time in which an admin changes things: all is taken in, nothing alerts, and one word at the end lists it. */
export interface Maintenance {
  /** What is open now. */
  now(): Readonly<Window> | undefined;
  /** Another one begins; one that is open goes on until the new end. Milliseconds since 1970. */
  begin(until: number, why: string): void;
  /** Remembers what was taken in. */
  note(changes: readonly Change[]): void;
  /** What was open and is over, once: by its time, or now where `atOnce` says so. */
  over(atOnce?: boolean): Readonly<Window> | undefined;
}

const mostNamed = 2000;

/** Kept in a file, so that a window outlives the process and ends on time. */
export function openMaintenance(file: string, clock: () => number, log: Log): Maintenance {
  let window = load(file, log);
  const save = () => {
    try {
      if (window === undefined) return rmSync(file, { force: true });
      writeFileSync(`${file}.new`, JSON.stringify(window), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      log.warn(`cannot write "${file}": ${reasonOf(error)}; the window ends with this process`);
    }
  };
  return {
    now: () => window,
    begin(until, why) {
      const { since = clock(), changes = 0, named = [] } = window ?? {};
      window = { since, until, why, changes, named };
      save();
    },
    note(changes) {
      if (!window || changes.length === 0) return;
      const known = new Map(window.named);
      for (const { action, after, before } of changes) {
        if (known.size < mostNamed) known.set((after ?? before).path, action);
      }
      window = { ...window, changes: window.changes + changes.length, named: [...known] };
      save();
    },
    over(atOnce = false) {
      if (!window || (!atOnce && clock() < window.until)) return undefined;
      const ended = window;
      window = undefined;
      save();
      return ended;
    },
  };
}

function load(file: string, log: Log): Window | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return Window.parse(JSON.parse(text));
  } catch (error) {
    log.warn(`cannot read "${file}": ${reasonOf(error)}; no maintenance is under way`);
    return undefined;
  }
}
