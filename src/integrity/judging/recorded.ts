import type { BytePath } from "../entry.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { hashOf } from "./hash.ts";

/**
 * Which of these files hold what a package recorded of them, by a record that nobody doubts: what they say may be relied on. Rejects
 * where the package database cannot be read.
 */
export async function recordedOf(
  root: string,
  packages: PackageDatabase,
  paths: readonly BytePath[],
): Promise<ReadonlySet<BytePath>> {
  const recorded = new Set<BytePath>();
  for (const [path, owners] of await packages.owners(paths)) {
    const wanted = new Map(owners.map((owner) => [owner.package, [owner.recordedAs]]));
    const records = await packages.records(wanted);
    const now = await hashOf(root, path);
    const isSound = owners.some((owner) => {
      const record = records.get(owner.package);
      const md5 = record?.isDoubted ? undefined : record?.files.get(owner.recordedAs)?.md5;
      return now.is === "read" && md5 === now.md5;
    });
    if (isSound) recorded.add(path);
  }
  return recorded;
}
