import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { Trip } from "../analyse/response/breaker.ts";
import { readPlainFile } from "./plain-file.ts";

const Source = z.object({
  name: z.string(),
  state: z.enum(["waiting", "following", "failed"]),
  lines: z.number(),
  cut: z.number(),
  skipped: z.number().optional(),
  /** Lines that no decoder knew. */
  unparsed: z.number().optional(),
  /** Milliseconds without a line, where that is longer than it ever was. */
  silentFor: z.number().optional(),
  lastAt: z.number().optional(),
  problem: z.string().optional(),
});

/** What the daemon says of itself, for `stockade status`. Times in milliseconds since 1970. */
export const DaemonStatus = z.object({
  pid: z.number(),
  startedAt: z.number(),
  writtenAt: z.number(),
  /** When the settings in force were read. */
  readAt: z.number().optional(),
  rules: z.number(),
  /** Of Suricata, known by direction and proof. */
  signatures: z.number(),
  lines: z.number(),
  alerts: z.number(),
  mails: z.number(),
  blocks: z.record(z.enum(["asked", "refused", "spared", "late", "observed"]), z.number()),
  observing: z.object({
    all: z.boolean(),
    rules: z.array(z.number()),
    /** The latest block that was not made. */
    last: z.string().optional(),
  }),
  /** What the circuit breaker has stopped. */
  trips: z.array(Trip),
  sources: z.array(Source),
  mail: z.object({
    waiting: z.number(),
    unsent: z.number(),
    lastSentAt: z.number().optional(),
    problem: z.string().optional(),
  }),
  responderConnected: z.boolean(),
  /** Why the last reload was refused, where it was. */
  problem: z.string().optional(),
});
export type DaemonStatus = z.infer<typeof DaemonStatus>;

/** Some kilobytes for each log are enough. */
const mostBytes = 16 << 20;

/** Writes the status so that a reader never sees half of it. */
export function writeStatus(file: string, status: DaemonStatus): void {
  replace(file, JSON.stringify(status));
}

/** The same for the metrics, which node_exporter reads. */
export function writeMetrics(file: string, metrics: string): void {
  replace(file, metrics);
}

function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  // Whatever the umask is: others read both, as node_exporter does.
  chmodSync(`${file}.new`, 0o644);
  renameSync(`${file}.new`, file);
}

/** The daemon's last word, or undefined where there is none or it cannot be understood. */
export function readStatus(file: string): DaemonStatus | undefined {
  try {
    return DaemonStatus.parse(JSON.parse(readPlainFile(file, mostBytes)));
  } catch {
    // No file: the daemon has not run since boot. A file of another version: it is written anew within seconds.
    return undefined;
  }
}
