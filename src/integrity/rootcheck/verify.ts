import type { BytePath } from "../entry.ts";
import { hashOf } from "../judging/hash.ts";
import type { Undo } from "../judging/prefilter.ts";
import type { Owner, PackageDatabase, PackageRecord } from "../packages/package-database.ts";
import type { Verified } from "./check.ts";

/**
 * Asks the package database whose these files are, and reads them to see whether they hold what was recorded; `undo`: what they held
 * before prelink rewrote them.
 */
export async function verifyFiles(
  root: string,
  packages: PackageDatabase,
  paths: readonly BytePath[],
  undo: Undo = async () => new Map(),
): Promise<ReadonlyMap<BytePath, Verified>> {
  const owners = await packages.owners(paths);
  const wanted = new Map<string, BytePath[]>();
  for (const owner of [...owners.values()].flat()) {
    wanted.set(owner.package, [...(wanted.get(owner.package) ?? []), owner.recordedAs]);
  }
  const records = await packages.records(wanted);
  const answers = new Map<BytePath, Verified>();
  // One after the other: nobody waits for it.
  for (const [path, [first, ...others]] of owners) {
    if (first) answers.set(path, await verified({ root, undo }, path, [first, ...others], records));
  }
  return answers;
}

async function verified(
  { root, undo }: { readonly root: string; readonly undo: Undo },
  path: BytePath,
  owners: readonly [Owner, ...Owner[]],
  records: ReadonlyMap<string, PackageRecord>,
): Promise<Verified> {
  const files = owners.flatMap((owner) => {
    const record = records.get(owner.package);
    const file = record?.files.get(owner.recordedAs);
    return file?.md5 === undefined ? [] : [{ ...file, isDoubted: record?.isDoubted }];
  });
  const of = owners[0].package;
  if (files.length === 0) return { package: of, content: "unknown" };
  const now = await hashOf(root, path);
  if (now.is !== "read") return { package: of, content: "unknown" };
  const isOf = (held: string) => files.some(({ md5, isDoubted }) => md5 === held && !isDoubted);
  if (isOf(now.md5)) return { package: of, content: "recorded" };
  if (files.some(({ conffile }) => conffile)) return { package: of, content: "setting" };
  const undone = (await undo([{ path, md5: now.md5 }])).get(path);
  const isRecorded = undone && "md5" in undone && isOf(undone.md5);
  return { package: of, content: isRecorded ? "recorded" : "differs" };
}
