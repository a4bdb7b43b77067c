import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Paths } from "../../config/paths.ts";
import { RespondSettings } from "../../config/settings.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import { type Log, logTo } from "../../core/log.ts";
import { bundle } from "../place.ts";
import { mallocVariables, nodeFlags } from "../process-memory.ts";
import { contextOf } from "./command.ts";
import { endWaiting } from "./confirm.ts";
import { daemonLives, responderLives, watchForHang } from "./hang.ts";
import { supervisorIn } from "./services.ts";

/** A process that lived for less is started again only after a pause that doubles, up to the most. */
const steadyMilliseconds = 10_000;
const pauses = { first: 200, most: 5000 } as const;

/**
 * `stockade supervise`: what systemd does elsewhere. Keeps responder and daemon running, the daemon as the user
 * `stockade` without any capability; passes on SIGHUP; ends both on SIGTERM.
 */
export async function supervise(options: unknown): Promise<void> {
  const { root, paths } = contextOf(options);
  if (supervisorIn(paths.supervisorPid) !== undefined) {
    throw new Failure("stockade is running already", { exitCode: 69 });
  }
  mkdirSync(dirname(paths.ownLog), { recursive: true });
  // Opened for each line, so that it follows logrotate.
  const write = (text: string) => appendFileSync(paths.ownLog, text, { mode: 0o640 });
  const log = logTo("stockade-supervise", write, false);
  mkdirSync(dirname(paths.supervisorPid), { recursive: true });
  writeFileSync(paths.supervisorPid, `${process.pid}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => stopping.abort());
  }
  const keep = (name: string, line: readonly string[], more: Partial<Kept>) =>
    keepRunning({ name, line, write, isWanted: () => true, ...more }, stopping.signal, log);
  // Both processes may be between two lives when it comes, and then nobody else takes it.
  process.on("SIGHUP", () => {});
  const unprivileged = await canDropPrivilege(root, log);
  const looking = setInterval(openLooking(options, log), 1000);
  await Promise.all([
    keep("stockade-respond", command("stockade-respond", root, false), {
      lives: () => responderLives(root),
    }),
    keep("stockaded", command("stockaded", root, unprivileged), {
      lives: () => daemonLives(paths),
    }),
    keep("stockade-execute", command("stockade-execute", root, false), {
      isWanted: () => isForCommands(paths),
    }),
    keep("stockade-integrity", command("stockade-integrity", root, unprivileged), {
      // A folder that only stands for a server has no processes to look at.
      isWanted: () => existsSync(join(root, "proc")),
    }),
  ]);
  clearInterval(looking);
  rmSync(paths.supervisorPid, { force: true });
}

/** What systemd's timer does elsewhere: settings that nobody has confirmed go. */
function openLooking(options: unknown, log: Log): () => Promise<void> {
  let isAtIt = false;
  let told = Number.NEGATIVE_INFINITY;
  return async () => {
    if (isAtIt) return;
    isAtIt = true;
    try {
      if (await endWaiting(options)) {
        log.warn("the settings were not confirmed, those of before are in force again");
      }
    } catch (error) {
      // It is tried again each second.
      if (performance.now() - told > 60_000) {
        log.error(`settings of before cannot come back: ${reasonOf(error)}`);
        told = performance.now();
      }
    }
    isAtIt = false;
  };
}

/** setpriv(1) is in util-linux, which every Debian has. `capabilities` are all that is left, as "+name,+name". */
function dropPrivilege(user: string, capabilities = ""): string[] {
  const left = capabilities === "" ? "-all" : `-all,${capabilities}`;
  return [
    "/usr/bin/setpriv",
    `--reuid=${user}`,
    "--regid=stockade",
    "--init-groups",
    `--inh-caps=${left}`,
    ...(capabilities === "" ? [] : [`--ambient-caps=${left}`]),
    `--bounding-set=${left}`,
    "--no-new-privs",
    "--",
  ];
}

function command(name: keyof typeof nodeFlags, root: string, unprivileged: boolean) {
  const node = [process.execPath, ...nodeFlags[name], bundle(name), "--root", root];
  if (!unprivileged) return node;
  return name === "stockade-integrity"
    ? [...dropPrivilege("stockade-integrity", "+dac_read_search,+sys_ptrace"), ...node]
    : [...dropPrivilege("stockade"), ...node];
}

/** On a server the daemon, which reads what attackers write, never runs as root; below a scratch root it may. */
async function canDropPrivilege(root: string, log: Log): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const { failed } = await execa("id", ["stockade"], { reject: false });
  if (!failed) return true;
  const problem = "there is no user stockade, and the daemon must not run as root";
  if (root !== "/") return false;
  log.error(problem);
  throw new Failure(problem, { hint: "run the installer again, it makes the user", exitCode: 69 });
}

interface Kept {
  readonly name: string;
  readonly line: readonly string[];
  /** Takes what the process says, line by line. */
  readonly write: (text: string) => void;
  /** Whether there is anything for it to do; asked before each start. */
  readonly isWanted: () => boolean;
  /** How a process that has just been started is seen to live; without it nobody looks. */
  readonly lives?: () => Parameters<typeof watchForHang>[0];
}

const wantedMilliseconds = 1000;

/** Whether the settings have commands to run, or something that commands have done is to be undone. */
function isForCommands({ executions, respondSettings }: Paths): boolean {
  if (existsSync(executions)) return true;
  try {
    const settings = RespondSettings.parse(JSON.parse(readFileSync(respondSettings, "utf8")));
    return settings.commands.length > 0;
  } catch {
    // Without settings, or with such of another version, nothing can be ordered.
    return false;
  }
}

async function keepRunning(kept: Kept, signal: AbortSignal, log: Log): Promise<void> {
  let pause: number = pauses.first;
  while (!signal.aborted) {
    if (!kept.isWanted()) {
      await sleep(wantedMilliseconds, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const startedAt = Date.now();
    const how = await runOnce(kept, signal);
    if (signal.aborted) return;
    if (Date.now() - startedAt > steadyMilliseconds) pause = pauses.first;
    log.error(`${kept.name} ended (${how}), starting it again`);
    // Rejects only when we are to stop, and the loop sees that.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, pauses.most);
  }
}

/** As long as systemd's watchdog waits; tests have less time. */
function hangMilliseconds(): number {
  return Number(process.env["STOCKADE_WATCHDOG_SECONDS"] ?? 60) * 1000;
}

/** Runs one process to its end; returns how it ended: a signal's name or an exit code. */
async function runOnce({ line, write, lives }: Kept, signal: AbortSignal): Promise<string> {
  const [file = "", ...args] = line;
  const running = execa(file, args, {
    reject: false,
    buffer: false,
    // On SIGTERM the end is ours to arrange: each process gets its time to finish.
    cleanup: false,
    stdin: "ignore",
    all: true,
    env: mallocVariables,
  });
  const end = () => running.kill("SIGTERM");
  const hangUp = () => running.kill("SIGHUP");
  signal.addEventListener("abort", end, { once: true });
  process.on("SIGHUP", hangUp);
  const kill = () => running.kill("SIGKILL");
  const endWatch = lives ? watchForHang(lives(), kill, hangMilliseconds()) : () => {};
  for await (const said of running.iterable({ from: "all" })) pass(write, `${said}\n`);
  const result = await running;
  endWatch();
  signal.removeEventListener("abort", end);
  process.off("SIGHUP", hangUp);
  return result.signal ?? `${result.exitCode}`;
}

function pass(write: (text: string) => void, text: string): void {
  try {
    write(text);
  } catch {
    // A full disk takes the message, and must not take the processes with it.
  }
}
