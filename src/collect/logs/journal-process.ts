import { spawn } from "node:child_process";
import { type JournalEntry, parseEntry } from "./journal-entry.ts";
import { cutLines } from "./lines.ts";

/** A running journalctl(1). */
export interface JournalProcess {
  /** What it prints, read only as fast as it is taken; `skipped` counts what is no entry. Ends with the process. */
  readonly readings: AsyncIterable<{ entries: JournalEntry[]; skipped: number }>;
  /** Why it ended, once it has. */
  lastWords(): string;
}

/** Starts it; `signal` ends it. What goes wrong is told by `lastWords`, never thrown. */
export function startJournalctl(
  [program, ...prefix]: readonly [string, ...string[]],
  args: readonly string[],
  signal: AbortSignal,
): JournalProcess {
  const child = spawn(program, [...prefix, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" },
    signal,
  });
  let words = "";
  child.stderr.on("data", (text: Buffer) => {
    words = `${words}${text.toString("utf8")}`.slice(-maxWords);
  });
  child.once("error", (thrown) => {
    words = thrown.message;
  });
  const closed = new Promise((resolve) => child.once("close", resolve));

  async function* read() {
    const json = cutLines(maxEntryLength);
    try {
      for await (const chunk of child.stdout) {
        const lines = json.push(chunk);
        const entries = lines.flatMap((line) => parseEntry(line) ?? []);
        yield { entries, skipped: lines.length - entries.length };
      }
      await closed;
    } finally {
      child.kill();
    }
  }

  return {
    readings: read(),
    lastWords: () => words.trim().replace(/\s+/g, " ") || `code ${child.exitCode ?? "unknown"}`,
  };
}

/** An entry of a hostile writer may be huge; its JSON is up to four times its bytes. */
const maxEntryLength = 1_048_576;
const maxWords = 1000;
