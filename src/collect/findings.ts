import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Line } from "../core/event.ts";
import { reasonOf } from "../core/failure.ts";
import type { Batch, Source, SourceHealth } from "../core/source.ts";

interface FollowFindingsOptions {
  /** The socket of the integrity process. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly retryMilliseconds?: number;
  /** For so long it may be away, as when it is started anew. */
  readonly patienceMilliseconds?: number;
}

/** So many are handled before the integrity process is told that they are. */
const most = 500;
const number = /^(\d{1,15}) /;

/**
 * Receives what the integrity process has found, a line each: its number, a space, the finding as JSON. What is dealt with is
 * answered by the last number; the rest comes again on the next connection, so nothing is lost when either side ends.
 */
export function followFindings({
  path,
  clock,
  retryMilliseconds = 1000,
  patienceMilliseconds = 30_000,
}: FollowFindingsOptions): Source {
  let health: SourceHealth = { name: "integrity", state: "waiting", ...nothingYet };
  let thereAt = clock();
  // Without its folder it is not installed.
  const away = (problem: string) => {
    const isMissed = clock() - thereAt >= patienceMilliseconds && existsSync(dirname(path));
    if (!isMissed) return { state: "waiting", problem: undefined } as const;
    const why = `changes of files are not told, the integrity process does not answer: ${problem}`;
    return { state: "failed", problem: `${why}; systemctl status stockade-integrity` } as const;
  };
  const batch = (rows: readonly string[], socket: Socket): Batch => {
    const receivedAt = clock();
    const lines = rows.flatMap((row) => lineOf(row, receivedAt) ?? []);
    const skipped = (health.skipped ?? 0) + rows.length - lines.length;
    const seen = health.lines + lines.length;
    health = { ...health, lines: seen, lastAt: receivedAt, skipped };
    const last = lines.at(-1)?.place;
    return { lines, done: () => void (last !== undefined && socket.write(`${last}\n`)) };
  };
  return {
    name: "integrity",
    health: () => health,
    async *batches(signal) {
      while (!signal.aborted) {
        const socket = connect(path);
        const end = () => socket.destroy();
        signal.addEventListener("abort", end, { once: true });
        socket.once("connect", () => {
          health = { ...health, state: "following", problem: undefined };
        });
        let problem = "it ended the connection";
        socket.on("error", (error) => {
          problem = reasonOf(error);
        });
        for await (const rows of together(socket)) yield batch(rows, socket);
        signal.removeEventListener("abort", end);
        if (health.state === "following") thereAt = clock();
        health = { ...health, ...away(problem) };
        await delay(retryMilliseconds, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

const nothingYet = { lines: 0, cut: 0, lastAt: undefined, problem: undefined };

function lineOf(row: string, receivedAt: number): Line | undefined {
  const found = number.exec(row);
  if (!found) return undefined;
  const text = row.slice(found[0].length);
  return { text, location: "integrity", format: "finding", receivedAt, place: Number(found[1]) };
}

/** The lines that have come in together; ends when the socket does. It is read no further than they are taken. */
async function* together(socket: Socket): AsyncIterable<string[]> {
  const waiting: string[] = [];
  let wake = () => {};
  let isOver = false;
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    waiting.push(line);
    if (waiting.length >= most) socket.pause();
    wake();
  });
  // An error is repeated here, and ends the socket without an end of what it gave.
  lines.on("error", () => {});
  socket.once("close", () => {
    isOver = true;
    lines.close();
    wake();
  });
  for (;;) {
    if (waiting.length > 0) {
      yield waiting.splice(0, most);
      socket.resume();
    } else if (isOver) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
