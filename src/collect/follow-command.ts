import { setTimeout as delay } from "node:timers/promises";
import type { CommandLog } from "../config/local-file.ts";
import type { Log } from "../core/log.ts";
import type { Batch, Source, SourceHealth } from "../core/source.ts";
import { type Outcome, runCommand } from "./command.ts";
import { allLines, eachLine } from "./command-output.ts";

export interface FollowCommandOptions {
  readonly settings: CommandLog;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long after the start it is run for the first time. */
  readonly firstMs?: number;
}

/**
 * Runs a command again and again, never twice at once: `command` gives a line for each line that it prints,
 * `full_command` one for all of them. A run that goes wrong is told once, and what it printed counts all the same.
 */
export function followCommand(options: FollowCommandOptions): Source {
  const { settings, log, clock, firstMs = 1000 } = options;
  const everyMs = settings.seconds * 1000;
  const timeoutMs = Math.min(Math.max(everyMs, shortestTimeoutMs), longestTimeoutMs);
  // OSSEC's own way with a colon, which ends a location there.
  const label = settings.location.replaceAll(":", "\\");
  let health: SourceHealth = { name: label, state: "waiting", ...nothingYet };

  const heard = (outcome: Outcome, receivedAt: number): Batch => {
    const format = settings.logFormat;
    const texts = (format === "command" ? eachLine : allLines)(outcome.output, label);
    const before = health.problem;
    health = healthAfter(health, outcome, texts.length, receivedAt);
    if (health.problem !== undefined && health.problem !== before) log.warn(health.problem);
    if (health.problem === undefined && before !== undefined) {
      log.info(`the command "${label}" is in order again`);
    }
    return {
      lines: texts.map((text) => ({ text, location: label, format, receivedAt })),
      done: () => {},
    };
  };

  return {
    name: label,
    health: () => health,
    async *batches(signal) {
      for (let waitMs = firstMs; await hasPassed(waitMs, signal); ) {
        const startedAt = clock();
        const outcome = await runCommand(settings.command, { timeoutMs, maxBytes, signal });
        if (signal.aborted) return;
        yield heard(outcome, clock());
        waitMs = Math.min(everyMs, Math.max(0, startedAt + everyMs - clock()));
      }
    },
  };
}

const nothingYet = { lines: 0, cut: 0, lastAt: undefined, problem: undefined };
const maxBytes = 1_048_576;
const shortestTimeoutMs = 60_000;
const longestTimeoutMs = 600_000;

function healthAfter(
  before: SourceHealth,
  { isCut, problem }: Outcome,
  lines: number,
  now: number,
): SourceHealth {
  return {
    ...before,
    state: problem === undefined ? "following" : "failed",
    lines: before.lines + lines,
    cut: before.cut + Number(isCut),
    lastAt: lines > 0 ? now : before.lastAt,
    problem: problem && `the command "${before.name}" ${problem}`,
  };
}

/** Resolves with true after that time, with false when `signal` aborts before. */
async function hasPassed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
