import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readPlainFrom } from "../plain-file.ts";

/** What has been written to a file since it was opened here; empty while it is not there. */
export type Tail = () => string;

const mostBytes = 8 << 20;

/** A file that begins anew, as after a rotation, is ours from its beginning. */
export function openTail(path: string): Tail {
  const start = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return () => (existsSync(path) ? readPlainFrom(path, start, mostBytes) : "");
}

const lookEvery = 50;

/** Looks again and again until there is something; undefined when there is nothing after `seconds`. */
export async function eventually<T>(
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + seconds * 1000;
  while (true) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) return undefined;
    await sleep(lookEvery);
  }
}

/** An alert of alerts.log about an address. */
export interface Fired {
  readonly id: string;
  readonly rule: number;
  readonly level: number;
}

/** The alerts about an address in a piece of alerts.log, oldest first. */
export function firedIn(log: string, address: string): Fired[] {
  return log.split(/\n\n+/).flatMap((record) => {
    const [, id = ""] = /^\*\* Alert (\d+\.\d+):/m.exec(record) ?? [];
    const [, rule, level] = /^Rule: (\d+) \(level (\d+)\)/m.exec(record) ?? [];
    const isAbout = record.includes(`\nSrc IP: ${address}\n`);
    return isAbout && id !== "" ? [{ id, rule: Number(rule), level: Number(level) }] : [];
  });
}
