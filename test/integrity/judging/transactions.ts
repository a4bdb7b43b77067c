import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { scratchSystem } from "../scratch-system.ts";

/** Writes into dpkg's log what it did at that time, in milliseconds since 1970: "upgrade tool:all 1 2". */
export function logTransaction(
  { root }: ReturnType<typeof scratchSystem>,
  at: number,
  ...lines: string[]
): void {
  const text = lines.map((line) => `${logTime(at)} ${line}\n`).join("");
  appendFileSync(join(root, "var/log/dpkg.log"), text);
}

/** YYYY-MM-DD HH:MM:SS by the clock of this machine, as dpkg writes it. */
export function logTime(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** A clock that is ahead by this many milliseconds. */
export function shortly(milliseconds: number): () => number {
  return () => Date.now() + milliseconds;
}
