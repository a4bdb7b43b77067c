import { join } from "node:path";
import type { Address } from "../../core/address.ts";
import { coveredBy } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { readPlainFile } from "../plain-file.ts";
import { type Case, type Decision, Evidence, evidenceOf } from "./record.ts";
import { filesOf, openSeries } from "./series.ts";

/** Remembers on disk why somebody was blocked, or why not, for `stockade why`. */
export interface EvidenceStore {
  /** Nothing is on disk before `flush`. What repeats itself or comes in floods is left out, unless it is a block. */
  note(of: Case, address: Address, decisions: readonly Decision[]): void;
  flush(): void;
}

interface Means {
  readonly statePath: string;
  readonly log: Log;
  readonly clock: () => number;
  /** What a rule counts, in words. */
  readonly countsOf: (rule: number) => string | undefined;
}

/** Together 64 MiB at the most. A forged flood that leads to no block cannot drive out why others are blocked. */
const bounds = { bytes: 8 * 1024 * 1024, earlier: 3 } as const;
const kinds = ["blocks", "withheld"] as const;

/** What leads to no block is written once in a while for each source, and no more than so much in a second. */
const againMilliseconds = 60_000;
const mostPerSecond = 20;
const maxRemembered = 10_000;

export function openEvidence(means: Means): EvidenceStore {
  const { statePath, log, clock, countsOf } = means;
  const [blocks, withheld] = kinds.map((kind) => openSeries(fileOf(statePath, kind), bounds, log));
  const isTooMuch = openThrottle(clock);
  return {
    note(of, address, decisions) {
      const [first] = decisions;
      if (!first) return;
      const isBlock = decisions.some(({ did }) => did === "asked");
      if (!isBlock && isTooMuch(`${first.did} ${coveredBy(address).text}`)) return;
      const facts = { at: clock(), counts: countsOf(of.alert.rule.id) };
      const line = JSON.stringify(evidenceOf(of, address, decisions, facts));
      (isBlock ? blocks : withheld)?.append(line);
    },
    flush() {
      blocks?.flush();
      withheld?.flush();
    },
  };
}

/** What is known of a network (canonical text of a block), the newest first. Throws the system's error where it may not be read. */
export function readEvidence(statePath: string, network: string, mostRecords: number): Evidence[] {
  const mark = new RegExp(`"network":"${network.replaceAll(".", "\\.")}"`);
  const found = kinds.flatMap((kind) => {
    const records: Evidence[] = [];
    for (const file of filesOf(fileOf(statePath, kind), bounds)) {
      if (records.length < mostRecords) records.push(...recordsIn(file, mark));
    }
    return records.slice(0, mostRecords);
  });
  return found.sort((a, b) => b.at - a.at);
}

/** Blocks that were not made because somebody only looks on, or the circuit breaker tripped; the newest first. */
export function readNotMade(statePath: string, most: number): Evidence[] {
  const files = filesOf(fileOf(statePath, "withheld"), bounds);
  const all = files.flatMap((file) => recordsIn(file, /"did":"(?:observed|stopped)"/));
  return all.sort((a, b) => b.at - a.at).slice(0, most);
}

function fileOf(statePath: string, kind: (typeof kinds)[number]): string {
  return join(statePath, "evidence", `${kind}.jsonl`);
}

/** Those that have the mark in their text, which is cheaper to look for than to parse. */
function recordsIn(file: string, mark: RegExp): Evidence[] {
  const lines = textOf(file).split("\n").reverse();
  return lines.flatMap((line) => (mark.test(line) ? (readRecord(line) ?? []) : []));
}

function textOf(file: string): string {
  try {
    return readPlainFile(file, 4 * bounds.bytes);
  } catch (thrown) {
    // Not there; or what the daemon would never write, and then nothing is known by it.
    if (thrown instanceof Failure) return "";
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT" || code === "ELOOP") return "";
    throw thrown;
  }
}

/** Undefined for what a crash has torn. */
function readRecord(line: string): Evidence | undefined {
  try {
    return Evidence.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function openThrottle(clock: () => number): (key: string) => boolean {
  const noted = new Map<string, number>();
  let second = 0;
  let inSecond = 0;
  return (key) => {
    const now = clock();
    // Both ways: a clock that was set back hides nothing for as long as the step was.
    if (Math.abs(now - (noted.get(key) ?? Number.NEGATIVE_INFINITY)) < againMilliseconds)
      return true;
    if (Math.floor(now / 1000) !== second) inSecond = 0;
    second = Math.floor(now / 1000);
    inSecond += 1;
    if (inSecond > mostPerSecond) return true;
    if (noted.size >= maxRemembered) noted.clear();
    noted.set(key, now);
    return false;
  };
}
