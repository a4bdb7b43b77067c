import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BytePath } from "../entry.ts";
import { codeOf } from "../fault.ts";
import { paceOf } from "../pace.ts";
import { readDiversions } from "./dpkg-diversions.ts";
import { eachLineNow } from "./lines.ts";
import type { Plain } from "./merged-paths.ts";
import type { Owner } from "./package-database.ts";

/** Answers that are kept, for what is asked once is asked again soon; then all are forgotten. */
const mostKept = 4000;

type Owners = ReadonlyMap<BytePath, readonly Owner[]>;

/**
 * Looks up who owns paths in `info/*.list`, in one reading for all of them: 100,000 paths take a tenth of a second, and none
 * of them stays in memory. A few answers are kept until dpkg changes the folder.
 */
export function dpkgOwners(folder: string, plain: Plain) {
  let kept = new Map<BytePath, readonly Owner[]>();
  let keptOf = "";
  return async (paths: readonly BytePath[]): Promise<Owners> => {
    const stamp = await stampOf(folder);
    if (stamp !== keptOf || kept.size + paths.length > mostKept) kept = new Map();
    keptOf = stamp;
    const known = kept;
    const unknown = paths.filter((path) => !known.has(path));
    const answers: Owners = unknown.length > 0 ? await search(folder, unknown, plain) : new Map();
    if (answers.size <= mostKept) for (const [path, owners] of answers) known.set(path, owners);
    return new Map(paths.flatMap((path) => found(path, answers.get(path) ?? known.get(path))));
  };
}

function found(
  path: BytePath,
  owners: readonly Owner[] | undefined,
): [BytePath, readonly Owner[]][] {
  return owners && owners.length > 0 ? [[path, owners]] : [];
}

/** dpkg replaces each list by renaming, which the folder's times show. */
async function stampOf(folder: string): Promise<string> {
  const info = await stat(join(folder, "info"), { bigint: true });
  const diversions = await stat(join(folder, "diversions"), { bigint: true }).catch(
    () => undefined,
  );
  return [info.ctimeNs, info.ino, diversions?.ctimeNs, diversions?.ino].join(" ");
}

async function search(folder: string, paths: readonly BytePath[], plain: Plain): Promise<Owners> {
  const diversions = await readDiversions(join(folder, "diversions"), plain);
  const answers = new Map<BytePath, Owner[]>();
  const wanted = new Map<BytePath, BytePath[]>();
  for (const path of paths) {
    answers.set(path, []);
    for (const name of diversions.namesOf(plain(path))) {
      wanted.set(name, [...(wanted.get(name) ?? []), path]);
    }
  }
  const pace = paceOf({ files: 0, bytes: 0 });
  const piece = Buffer.allocUnsafe(65_536);
  for (const file of await listsIn(folder)) {
    const owner = file.slice(0, -".list".length);
    const take = (line: string) => {
      const name = plain(line);
      for (const path of wanted.get(name) ?? []) {
        if (diversions.holds(plain(path), { package: owner, recordedAs: name })) {
          answers.get(path)?.push({ package: owner, recordedAs: line });
        }
      }
    };
    try {
      eachLineNow(join(folder, "info", file), take, piece);
    } catch (error) {
      // dpkg removes a package just now, which has no files any more.
      if (codeOf(error) !== "ENOENT") throw error;
    }
    await pace.spend({});
  }
  return answers;
}

async function listsIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "info"));
  return names.filter((name) => name.endsWith(".list"));
}
