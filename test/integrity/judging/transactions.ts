import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { scratchSystem } from "../scratch-system.ts";

/**
 * Writes into dpkg's log what it did at that time, in milliseconds since 1970: "upgrade tool:all 1 2". dpkg's own files show it too.
 */
export function logTransaction(
  { root }: ReturnType<typeof scratchSystem>,
  at: number,
  ...lines: string[]
): void {
  const text = lines.map((line) => `${logTime(at)} ${line}\n`).join("");
  appendFileSync(join(root, "var/log/dpkg.log"), text);
  const names = lines.flatMap((line) => /^(?:install|upgrade) ([^: ]+)/.exec(line)?.[1] ?? []);
  for (const name of names) appendFileSync(join(root, `var/lib/dpkg/info/${name}.list`), "");
  appendFileSync(join(root, "var/lib/dpkg/status"), "");
}

/** As if what dpkg did had been done an hour ago. */
export function pastTheLog({ root }: ReturnType<typeof scratchSystem>): void {
  const log = join(root, "var/log/dpkg.log");
  const time = logTime(Date.now() - 3_600_000);
  writeFileSync(log, readFileSync(log, "utf8").replace(/^\S+ \S+/gm, time));
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
