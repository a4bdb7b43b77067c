import type { Finding } from "../../src/core/finding.ts";
import type { Change, Entry, IntegrityVerdict, JudgedChange } from "../../src/integrity/entry.ts";

/** An entry of a plain file of root's. */
export function entry(path: string, other: Partial<Entry> = {}): Entry {
  return {
    path,
    kind: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 3,
    mtime: 1_700_000_000_000.25,
    ctime: 1_700_000_000_000.25,
    inode: 7,
    device: 1,
    sha256: "aa",
    target: undefined,
    attributes: undefined,
    ...other,
  };
}

export function modified(before: Entry, after: Entry): Change {
  return { action: "modified", before, after };
}

export function judged(
  change: Change,
  verdict: IntegrityVerdict = "plain",
  transaction?: string,
): JudgedChange {
  return { change, verdict, package: undefined, transaction, reason: "a test says so" };
}

export function finding(text: string): Finding {
  const fields = { filename: "/etc/a", status: "plain" };
  return { at: 1, decoder: "syscheck_integrity_changed", location: "syscheck", text, fields };
}
