import { join } from "node:path";
import { reasonOf } from "../../core/failure.ts";
import type { BytePath } from "../entry.ts";
import { dpkgOwners } from "./dpkg-owners.ts";
import { namedByScripts } from "./dpkg-scripts.ts";
import { type PackageStatus, readStatus } from "./dpkg-status.ts";
import { eachLine } from "./lines.ts";
import { type Plain, readMergedPaths } from "./merged-paths.ts";
import type { Owner, PackageDatabase, PackageRecord, RecordedFile } from "./package-database.ts";
import { readUcf } from "./ucf.ts";

interface Place {
  /** The root of the file system whose packages these are. */
  readonly root: string;
  /** dpkg's folder below it. */
  readonly folder?: string;
  readonly ucf?: string;
}

/**
 * dpkg's database, read from its files as dpkg(1), deb-md5sums(5) and dpkg-divert(1) describe them: no program is run, only what
 * is asked for is kept. Settings that ucf looks after count as those of their package.
 */
export function openDpkg({
  root,
  folder = "/var/lib/dpkg",
  ucf = "/var/lib/ucf",
}: Place): PackageDatabase {
  const plain = readMergedPaths(root);
  const dpkg = join(root, folder);
  const listed = dpkgOwners(dpkg, plain);
  return {
    async owners(paths) {
      const owners = new Map(await listed(paths));
      const left = new Set(paths.filter((path) => path.startsWith("/etc/") && !owners.has(path)));
      if (left.size === 0) return owners;
      const registered: ReadonlyMap<BytePath, Owner> = await readUcf(join(root, ucf), left);
      for (const [path, owner] of registered) {
        owners.set(path, [{ package: owner.package, recordedAs: owner.recordedAs }]);
      }
      return owners;
    },
    records: async (wanted) => await records(dpkg, join(root, ucf), wanted),
    holders: async (packages, md5s) => await holders(dpkg, packages, md5s),
    namedByScripts: async (packages, paths) => await namedByScripts(dpkg, packages, paths),
    partOf: (path) => partOf(path, folder, plain),
    fileOf: (name, what) =>
      join(folder, "info", `${plainName(name)}.${what === "list" ? "list" : "md5sums"}`),
  };
}

async function records(
  folder: string,
  ucf: string,
  wanted: ReadonlyMap<string, readonly BytePath[]>,
): Promise<ReadonlyMap<string, PackageRecord>> {
  const statuses = await readStatus(folder, new Set(wanted.keys()));
  const settings = [...wanted.values()].flat().filter((path) => path.startsWith("/etc/"));
  const registered = settings.length > 0 ? await readUcf(ucf, new Set(settings)) : undefined;
  const answers = new Map<string, PackageRecord>();
  for (const [name, paths] of wanted) {
    const status = statuses.get(name);
    const { sums, problem } = await sumsOf(folder, name, new Set(paths));
    const files = new Map(
      paths.map((path): [BytePath, RecordedFile] => [
        path,
        recordOf(path, status, sums) ?? registered?.get(path) ?? unrecorded,
      ]),
    );
    const { version, installed = false } = status ?? { version: undefined };
    answers.set(name, { package: name, version, installed, problem, files });
  }
  return answers;
}

const unrecorded: RecordedFile = { md5: undefined, conffile: false };

function recordOf(
  path: BytePath,
  status: PackageStatus | undefined,
  sums: ReadonlyMap<BytePath, string>,
): RecordedFile | undefined {
  const conffile = status?.conffiles.get(path);
  if (conffile !== undefined) return { md5: conffile, conffile: true };
  const md5 = sums.get(path);
  return md5 === undefined ? undefined : { md5, conffile: false };
}

async function sumsOf(folder: string, name: string, paths: ReadonlySet<BytePath>) {
  const sums = new Map<BytePath, string>();
  try {
    await eachLine(sumsFile(folder, name), (line) => {
      const path = `/${line.slice(34)}`;
      if (paths.has(path)) sums.set(path, line.slice(0, 32));
    });
  } catch (error) {
    return { sums, problem: reasonOf(error) };
  }
  return { sums, problem: undefined };
}

async function holders(
  folder: string,
  packages: readonly string[],
  md5s: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of packages) {
    const take = (line: string) => {
      const md5 = line.slice(0, 32);
      if (md5s.has(md5)) found.set(md5, name);
    };
    // A package without checksums holds none.
    await eachLine(sumsFile(folder, name), take).catch(() => undefined);
  }
  return found;
}

function sumsFile(folder: string, name: string): string {
  return join(folder, "info", `${plainName(name)}.md5sums`);
}

/** A name from a log must not lead out of the folder. */
function plainName(name: string): string {
  return name.replaceAll("/", "_");
}

function partOf(path: BytePath, folder: string, plain: Plain): string | undefined {
  const own = plain(path);
  if (!own.startsWith(`${folder}/`)) return undefined;
  const [, name] = /^\/info\/(.+)\.[a-z0-9]+$/.exec(own.slice(folder.length)) ?? [];
  return name ?? "";
}
