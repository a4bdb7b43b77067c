import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import type { Paths } from "../config/paths.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import { replaceFile } from "./commands/write.ts";

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
  /** Keeps the folder as it is now: as in force, or, while a change waits, as that change. */
  keep(): Promise<void>;
  /** The same, where it was not kept since the machine started. */
  keepOnce(): Promise<void>;
  /** What waits for somebody to confirm it. */
  waiting(): Waiting | undefined;
  /** From now on the folder waits until `until`. Throws a `Failure` where there is nothing to come back to. */
  begin(until: number): Promise<void>;
  /** What waits is in force for good. */
  confirm(): void;
  /** Whether what waits is over: its time, or the machine has started since. */
  isOver(now: number): boolean;
  /** Puts the folder back as it was, keeps what it was in between, and returns where that is. */
  restore(): Promise<string>;
}

/** Needs root, whose alone `paths.settingsHistory` is; owners and modes of files stay as they are. */
export function settingsHistory({
  settingsFolder,
  settingsHistory: folder,
}: Paths): SettingsHistory {
  const at = (name: string) => join(folder, name);
  const [inForce, change, refused, note, boot] = [
    at("in-force"),
    at("waiting"),
    at("unconfirmed"),
    at("waiting.json"),
    at("boot"),
  ];
  const waiting = () => readWaiting(note);
  const keep = async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await copy(settingsFolder, waiting() ? change : inForce);
    replaceFile(boot, bootId(), 0o600);
  };
  return {
    keep,
    waiting,
    async keepOnce() {
      if (!existsSync(boot) || JSON.parse(readFileSync(boot, "utf8")) !== bootId()) await keep();
    },
    async begin(until) {
      if (!existsSync(inForce)) {
        throw new Failure("there are no settings of before to come back to", {
          hint: "stockade reload, without --confirm, keeps the present ones",
          exitCode: 69,
        });
      }
      await copy(settingsFolder, change);
      const wait: Waiting = { version: 1, until, boot: bootId() };
      replaceFile(note, wait, 0o600);
    },
    confirm() {
      rmSync(note, { force: true });
      rmSync(inForce, { recursive: true, force: true });
      renameSync(change, inForce);
    },
    isOver(now) {
      const wait = waiting();
      return wait !== undefined && (wait.until <= now || wait.boot !== bootId());
    },
    async restore() {
      await copy(settingsFolder, refused);
      await overwrite(inForce, settingsFolder);
      rmSync(note, { force: true });
      rmSync(change, { recursive: true, force: true });
      return refused;
    },
  };
}

/** Half of a copy is never found under the name of the whole. */
async function copy(from: string, to: string): Promise<void> {
  rmSync(`${to}.new`, { recursive: true, force: true });
  await cp(from, `${to}.new`);
  rmSync(to, { recursive: true, force: true });
  renameSync(`${to}.new`, to);
}

/** The folder itself stays: it may be a mount or under version control. Broken off, it can be done again. */
async function overwrite(from: string, to: string): Promise<void> {
  const wanted = new Set(readdirSync(from, { recursive: true, encoding: "utf8" }));
  for (const name of readdirSync(to, { recursive: true, encoding: "utf8" })) {
    const isOthers = name === ".git" || name.startsWith(".git/");
    if (!wanted.has(name) && !isOthers) rmSync(join(to, name), { recursive: true, force: true });
  }
  await cp(from, to, "--remove-destination");
}

async function cp(from: string, to: string, ...options: string[]): Promise<void> {
  const { failed, stderr } = await execa("cp", ["-a", "-T", ...options, "--", from, to], {
    reject: false,
  });
  if (failed) throw new Failure(`cannot copy "${from}": ${stderr.trim()}`, { exitCode: 69 });
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Then no start of the machine is noticed, and the time alone counts.
    return "unknown";
  }
}

function readWaiting(path: string): Waiting | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return Waiting.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const hint = "delete it to keep the present settings";
    throw new Failure(`cannot use "${path}": ${reasonOf(error)}`, { hint, exitCode: 69 });
  }
}
