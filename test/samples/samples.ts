import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { logOf } from "../../src/bin/history/log-format.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { LogFormat } from "../../src/core/event.ts";

/** Log lines, and what Stockade shall make of the last of them. */
interface Sample {
  readonly file: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly format: LogFormat;
  /** Where the lines stood. */
  readonly location: string;
  readonly expected: Record<string, unknown>;
}

/**
 * Reads every sample: lines of a log, and below them "=> " and what is expected of the last as JSON: `decoder`, `fields`,
 * `rule`, `srcip`, `blocks` (whether a block would follow at level 9) and `mayBlock` (whether at any level). Lines above the
 * last come before it. "8x LINE" is the line eight times, "{n}" in it counts from 1. A comment above is the title; "#
 * location: PATH" says where what follows stood (/var/log/syslog unless told). It is read as the shipped settings read it;
 * "command: df -P" and "full_command: last -n 5" are what commands print, with "\\n" in a line for its newlines.
 */
export function readSamples(): Sample[] {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));
  return files.flatMap(samplesIn);
}

/** The settings as they are shipped. */
export const { settings: shipped } = loadSettings(
  join(import.meta.dirname, "../../config/stockade.conf"),
);

function samplesIn(file: string): Sample[] {
  const rows = readFileSync(join(import.meta.dirname, file), "utf8").split("\n");
  return rows.flatMap((row, index) => {
    if (!row.startsWith("=> ")) return [];
    const above = rows.slice(0, index);
    const block = above.slice(
      above.findLastIndex((one) => one === "" || one.startsWith("=> ")) + 1,
    );
    const [title = ""] = block;
    const place = above.findLast((one) => one.startsWith("# location: "));
    const told = place?.slice("# location: ".length) ?? "/var/log/syslog";
    const [, printed, location = told] = /^(full_command|command): (.*)$/.exec(told) ?? [];
    const format = formatOf(printed ?? location);
    const written = block.filter((one) => !one.startsWith("# ")).flatMap(repeated);
    const lines = printed ? written.map((one) => one.replaceAll("\\n", "\n")) : written;
    return [{ file, title, lines, format, location, expected: JSON.parse(row.slice(3)) }];
  });
}

/** "integrity" is no file: what the integrity process finds; nor is a command. */
function formatOf(location: string): LogFormat {
  if (location === "integrity") return "finding";
  if (location === "command" || location === "full_command") return location;
  return logOf(location, { format: undefined, localFiles: shipped.localFiles }).format;
}

function repeated(row: string): string[] {
  const [, times, line = ""] = /^(\d+)x (.*)$/.exec(row) ?? [];
  if (times === undefined) return [row];
  return Array.from({ length: Number(times) }, (_, index) =>
    line.replaceAll("{n}", String(index + 1)),
  );
}
