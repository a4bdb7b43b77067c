import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogFormat } from "../../src/core/event.ts";

/** A log line and what Stockade shall make of it. */
interface Sample {
  readonly file: string;
  readonly title: string;
  readonly text: string;
  readonly format: LogFormat;
  readonly expected: Record<string, unknown>;
}

/**
 * Reads every sample: a line of a log, and below it "=> " and what is expected of it as JSON. A comment above is its
 * title; "# format: NAME" at the top of a file says how its lines are written (syslog unless told).
 */
export function readSamples(): Sample[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));
  return files.flatMap((file) => {
    const rows = readFileSync(join(import.meta.dirname, file), "utf8").split("\n");
    const format = rows[0]?.startsWith("# format: snort-fast") ? "snort-fast" : "syslog";
    return rows.flatMap((row, index) => {
      if (!row.startsWith("=> ")) return [];
      const text = rows[index - 1] ?? "";
      const above = rows[index - 2] ?? "";
      const title = above.startsWith("# ") ? above.slice(2) : text;
      return [{ file, title, text, format, expected: JSON.parse(row.slice(3)) } as const];
    });
  });
}
