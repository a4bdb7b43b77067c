import { chmodSync, renameSync, writeFileSync } from "node:fs";

/** Replaces a file by `value` as JSON, whole or not at all, whatever the caller's umask is. */
export function replaceFile(path: string, value: unknown, mode: number): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`);
  chmodSync(`${path}.new`, mode);
  renameSync(`${path}.new`, path);
}
