import { existsSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Paths } from "../config/paths.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import { withLock } from "./commands/lock.ts";
import { replaceFile, syncFolder } from "./commands/write.ts";
import { copyFolder, putFolder, recoverFolder, replaceFolder, tryToPut } from "./settings-copy.ts";

/** Settings in force that somebody has yet to confirm. */
const Waiting = z.strictObject({
  version: z.literal(1),
  /** When the ones of before come back; milliseconds since 1970. */
  until: z.number().int(),
  boot: z.string(),
});
type Waiting = z.infer<typeof Waiting>;

/** The settings folder as it was when it was last put in force for good, and what to do about a change of it. */
export interface SettingsHistory {
  /** Runs `use` while no other process changes anything here. All but `waiting` and the `is…` need it. */
  locked<T>(use: () => T | Promise<T>): Promise<T>;
  /** Keeps the folder as it is now: as in force, or, while a change waits, as that change. */
  keep(): Promise<void>;
  /** Whether it was kept since the machine started. */
  isKept(): boolean;
  /** What waits for somebody to confirm it. */
  waiting(): Waiting | undefined;
  /** What is wrong with the note of what waits. Then it is over. */
  problem(): string | undefined;
  /** Whether what waited is on its way out: not to be confirmed any more. */
  isReturning(): boolean;
  /** Whether the folder is as it was, but not everybody has been told. */
  isReturned(): boolean;
  /** Whether what waits is over: its time, or the machine has started since, or it was on its way out. */
  isOver(now: number): boolean;
  /** From now on the folder waits until `until`, if `arm` succeeds. Throws a `Failure` where there is nothing to come back to. */
  begin(until: number, arm: () => Promise<void>): Promise<void>;
  /** What waits is in force for good. */
  confirm(): void;
  /** Puts the folder back as it was and returns where what it was in between is kept. Broken off, it can be done again. */
  restore(): Promise<string>;
  /** After `restore`. */
  returned(): void;
  /** The settings of before are in force. */
  finish(): void;
}

/** Needs root, whose alone `paths.settingsHistory` is; owners and modes of files stay as they are. */
export function settingsHistory(paths: Paths): SettingsHistory {
  const places = placesIn(paths.settingsHistory);
  return { ...facts(places), ...changes(places, paths.settingsFolder) };
}

type Places = ReturnType<typeof placesIn>;

function placesIn(folder: string) {
  const at = (name: string) => join(folder, name);
  return {
    folder,
    inForce: at("in-force"),
    change: at("waiting"),
    refused: at("unconfirmed"),
    boot: at("boot"),
    // One note under three names, one after another: to rename it needs no room on a full disk.
    note: at("waiting.json"),
    returning: at("returning.json"),
    returned: at("returned.json"),
  };
}

type Facts = Omit<SettingsHistory, keyof Changes>;
type Changes = Pick<
  SettingsHistory,
  "keep" | "begin" | "confirm" | "restore" | "returned" | "finish"
>;

function facts({ folder, boot, note, returning, returned }: Places): Facts {
  const waiting = () => (existsSync(note) ? (readWaiting(note).waiting ?? unreadable) : undefined);
  return {
    locked: (use) => withLock(join(folder, "lock"), use),
    isKept: () => readText(boot) === `${JSON.stringify(bootId())}\n`,
    waiting,
    problem: () => (existsSync(note) ? readWaiting(note).problem : undefined),
    isReturning: () => existsSync(returning),
    isReturned: () => existsSync(returned),
    isOver(now: number) {
      if (existsSync(returning)) return true;
      const wait = waiting();
      return wait !== undefined && (wait.until <= now || wait.boot !== bootId());
    },
  };
}

function changes(places: Places, settingsFolder: string): Changes {
  const { folder, inForce, change, refused, boot, note, returning, returned } = places;
  // It may be a link to where the settings are.
  const settings = () => realpathSync(settingsFolder);
  const rename = (from: string, to: string) => {
    renameSync(from, to);
    syncFolder(folder);
  };
  return {
    async keep() {
      await copyFolder(settings(), existsSync(note) ? change : inForce);
      replaceFile(boot, bootId(), 0o600);
    },
    async begin(until: number, arm: () => Promise<void>) {
      recoverFolder(inForce);
      if (!existsSync(inForce)) throw nothingBefore();
      tryToPut(settings());
      await copyFolder(settings(), change);
      await arm();
      const wait: Waiting = { version: 1, until, boot: bootId() };
      replaceFile(note, wait, 0o600);
    },
    confirm() {
      // The note goes last: a kill before it leaves what was confirmed to come back to.
      if (existsSync(change)) replaceFolder(change, inForce);
      rmSync(note, { force: true });
      syncFolder(folder);
    },
    async restore() {
      recoverFolder(inForce);
      if (existsSync(note)) {
        await setAside(settings(), change, refused);
        rename(note, returning);
      }
      await putFolder(inForce, settings());
      return refused;
    },
    returned: () => rename(returning, returned),
    finish() {
      if (!existsSync(returned)) return;
      rmSync(change, { recursive: true, force: true });
      rmSync(returned, { force: true });
      syncFolder(folder);
    },
  };
}

/** A note that cannot be read is over. */
const unreadable: Waiting = { version: 1, until: 0, boot: "" };

/** What the admin had written; on a full disk that of it which was in force, since to rename needs no room. */
async function setAside(settings: string, change: string, refused: string): Promise<void> {
  try {
    await copyFolder(settings, refused);
  } catch {
    if (existsSync(change)) replaceFolder(change, refused);
  }
}

function nothingBefore(): Failure {
  return new Failure("there are no settings of before to come back to", {
    hint: "stockade reload, without --confirm, keeps the present ones",
    exitCode: 69,
  });
}

function bootId(): string {
  // Without it no start of the machine is noticed, and the time alone counts.
  return readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "unknown";
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function readWaiting(path: string): { waiting?: Waiting; problem?: string } {
  try {
    return { waiting: Waiting.parse(JSON.parse(readFileSync(path, "utf8"))) };
  } catch (error) {
    return { problem: `cannot use "${path}": ${reasonOf(error)}` };
  }
}
