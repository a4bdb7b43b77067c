import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Replaces a file by `value` as JSON, whole or not at all, also in a power cut, whatever the caller's umask is. */
export function replaceFile(path: string, value: unknown, mode: number): void {
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, `${JSON.stringify(value)}\n`, { flush: true });
    chmodSync(next, mode);
    renameSync(next, path);
  } catch (thrown) {
    rmSync(next, { force: true });
    throw thrown;
  }
  syncFolder(dirname(path));
}

/** What was renamed or removed in a folder is on disk then. */
export function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
