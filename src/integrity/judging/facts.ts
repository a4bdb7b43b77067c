import { atMost } from "../../core/at-most.ts";
import type { BytePath, Change } from "../entry.ts";
import type {
  Owner,
  PackageDatabase,
  PackageRecord,
  RecordedFile,
} from "../packages/package-database.ts";
import { type Latest, latestTimes } from "./deletions.ts";
import { foldersAbove, mostSharing } from "./folders.ts";
import { baseOf } from "./generated.ts";
import { type Hashed, hashOf } from "./hash.ts";
import { hopsOf } from "./links.ts";
import type { Rewritten, Undo, Undone } from "./prefilter.ts";

/** What a package says of a file, with what is known of the package. */
export interface Claim {
  readonly owner: Owner;
  readonly record: PackageRecord | undefined;
  readonly file: RecordedFile | undefined;
}

/** All that verdicts on a batch of changes rest on. */
export interface Facts {
  readonly claims: (path: BytePath) => readonly Claim[];
  /** Where a link leads, see `hopsOf`. */
  readonly hops: (path: BytePath) => readonly BytePath[];
  /** What a changed file holds now; undefined for what is no file. */
  readonly hashed: (path: BytePath) => Hashed | undefined;
  /** What a file that is not what its package recorded held before it was rewritten, where a prefilter was asked. */
  readonly undone: (path: BytePath) => Undone | undefined;
  /** When what was deleted went, at the latest; undefined for what is there. */
  readonly latest: (path: BytePath) => Latest | undefined;
}

/** No more files are read at the same time, whatever was changed. */
const mostAtOnce = 50;

/**
 * Asks the package database about all of these changes in one reading, then reads the files, package by package. `noticed`: when a
 * change of this path was first seen. `undo` is asked for what is not what its package recorded.
 */
export async function gatherFacts(
  changes: readonly Change[],
  database: PackageDatabase,
  root: string,
  noticed: (path: BytePath) => number,
  undo: Undo,
): Promise<Facts> {
  // At once: whatever else happens in the folder makes its time say less.
  const latest = await latestTimes(changes, root, noticed);
  const hops = await allHops(changes, root);
  const bases = changes.flatMap((change) => baseOf(pathOf(change)) ?? []);
  const paths = new Set([...changes.map(pathOf), ...bases, ...[...hops.values()].flat()]);
  const folders = changes.flatMap((change) => foldersAbove(pathOf(change)));
  const owners = await database.owners([...new Set([...paths, ...folders])]);
  const records = await database.records(pathsByPackage(owners, paths));
  const claims = (path: BytePath) =>
    (owners.get(path) ?? []).map((owner) => {
      const record = records.get(owner.package);
      return { owner, record, file: record?.files.get(owner.recordedAs) };
    });
  const hashed = await allHashes(changes, claims, root);
  const undone = await undo(rewrittenIn(hashed, claims));
  return {
    claims,
    hops: (path) => hops.get(path) ?? [],
    hashed: (path) => hashed.get(path),
    undone: (path) => undone.get(path),
    latest: (path) => latest.get(path),
  };
}

export function pathOf({ before, after }: Change): BytePath {
  return (after ?? before).path;
}

/** Files that a package recorded otherwise; a setting may be edited, and no program does that. */
function rewrittenIn(
  hashed: ReadonlyMap<BytePath, Hashed>,
  claims: (path: BytePath) => readonly Claim[],
): Rewritten[] {
  return [...hashed].flatMap(([path, now]) => {
    const files = claims(path).flatMap(({ file }) => (file?.md5 === undefined ? [] : [file]));
    if (now.is !== "read" || files.length === 0) return [];
    const isAsIs = files.some(({ md5, conffile }) => conffile || md5 === now.md5);
    return isAsIs ? [] : [{ path, md5: now.md5 }];
  });
}

async function allHops(changes: readonly Change[], root: string) {
  const hops = new Map<BytePath, readonly BytePath[]>();
  for (const { before, after } of changes) {
    const link = after ?? before;
    if (link.kind === "link") hops.set(link.path, await hopsOf(root, link));
  }
  return hops;
}

function pathsByPackage(
  owners: ReadonlyMap<BytePath, readonly Owner[]>,
  paths: ReadonlySet<BytePath>,
): ReadonlyMap<string, BytePath[]> {
  const wanted = new Map<string, BytePath[]>();
  const few = [...paths]
    .map((path) => owners.get(path) ?? [])
    .filter((all) => all.length <= mostSharing);
  for (const owner of few.flat()) {
    const paths = wanted.get(owner.package);
    if (paths) paths.push(owner.recordedAs);
    else wanted.set(owner.package, [owner.recordedAs]);
  }
  return wanted;
}

async function allHashes(
  changes: readonly Change[],
  claims: (path: BytePath) => readonly Claim[],
  root: string,
): Promise<ReadonlyMap<BytePath, Hashed>> {
  const files = changes.filter(({ after }) => after?.kind === "file").map(pathOf);
  const byPackage = files
    .map((path) => ({ path, name: claims(path)[0]?.owner.package ?? "" }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const readers = atMost(mostAtOnce);
  const hashed = await Promise.all(
    byPackage.map(({ path }) =>
      readers.run(async (): Promise<[BytePath, Hashed]> => [path, await hashOf(root, path)]),
    ),
  );
  return new Map(hashed);
}
