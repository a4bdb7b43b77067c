import {
  chmodSync,
  chownSync,
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
  replaceText(path, `${JSON.stringify(value)}\n`, mode);
}

/** The same for a text, which may get an owner. */
export function replaceText(path: string, text: string, mode: number, owner?: Owner): void {
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, text, { flush: true, mode: 0o600 });
    if (owner) chownSync(next, owner.uid, owner.gid);
    chmodSync(next, mode);
    renameSync(next, path);
  } catch (thrown) {
    rmSync(next, { force: true });
    throw thrown;
  }
  syncFolder(dirname(path));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
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
