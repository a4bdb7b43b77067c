import { allChecks } from "../config/syscheck-directories.ts";
import type { WatchedDirectory } from "../config/syscheck-settings.ts";
import type { Entry } from "./entry.ts";

/** What of a file is watched. Where a link points and what kind of file it is always are. */
export type Checks = WatchedDirectory["checks"];

/** Whether two states of a file differ in what is watched. What is not known of one of them is no difference. */
export function differs(before: Entry, after: Entry, checks: Checks): boolean {
  if (before.kind !== after.kind || before.target !== after.target) return true;
  if (checks.owner && before.uid !== after.uid) return true;
  if (checks.group && before.gid !== after.gid) return true;
  if (checks.perm && hasOtherPermissions(before, after)) return true;
  // Of a folder, size, time and inode say no more than that its files changed.
  return before.kind === "file" && hasOtherContent(before, after, checks);
}

/** Whether a file is back to what it was. */
export function isAlike(one: Entry | undefined, other: Entry | undefined): boolean {
  if (!one || !other) return one === other;
  return !differs(one, other, allChecks);
}

function hasOtherPermissions(before: Entry, after: Entry): boolean {
  if (before.kind !== "link" && before.mode !== after.mode) return true;
  const [one, other] = [before.attributes, after.attributes];
  if (!one || !other) return false;
  const names = Object.keys(one);
  return (
    names.length !== Object.keys(other).length || names.some((name) => one[name] !== other[name])
  );
}

function hasOtherContent(before: Entry, after: Entry, checks: Checks): boolean {
  if (checks.size && before.size !== after.size) return true;
  if (checks.mtime && before.mtime !== after.mtime) return true;
  if (checks.inode && before.inode !== after.inode) return true;
  const isKnown = before.sha256 !== undefined && after.sha256 !== undefined;
  return checks.sum && isKnown && before.sha256 !== after.sha256;
}
