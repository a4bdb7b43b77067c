import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BytePath } from "../entry.ts";
import { codeOf } from "../fault.ts";
import { eachLine } from "./lines.ts";

/** What dpkg's status file says of a package, see deb-status and dpkg-query(1). */
export interface PackageStatus {
  readonly version: string | undefined;
  readonly installed: boolean;
  /** The checksum of the package's own text of each setting; an obsolete one belongs to it no more. */
  readonly conffiles: ReadonlyMap<BytePath, string>;
}

/**
 * Reads the state of these packages, named as their files are, in one reading of `status` and of what dpkg has written down
 * since (`updates/`). dpkg at work moves the one into the other meanwhile: then it is read again.
 */
export async function readStatus(
  folder: string,
  packages: ReadonlySet<string>,
): Promise<ReadonlyMap<string, PackageStatus>> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await versionOf(folder);
    const isLast = attempt === mostAttempts;
    try {
      const statuses = await readOnce(folder, packages);
      if (isLast || (await versionOf(folder)) === before) return statuses;
    } catch (thrown) {
      if (isLast || codeOf(thrown) !== "ENOENT") throw thrown;
    }
  }
}

const mostAttempts = 10;

/** Another one once dpkg has written `status` anew. */
async function versionOf(folder: string): Promise<string> {
  const { ino, mtimeNs } = await stat(join(folder, "status"), { bigint: true });
  return `${ino} ${mtimeNs}`;
}

async function readOnce(
  folder: string,
  packages: ReadonlySet<string>,
): Promise<ReadonlyMap<string, PackageStatus>> {
  const statuses = new Map<string, PackageStatus>();
  for (const file of ["status", ...(await updatesIn(folder))]) {
    const stanza = stanzas((name, status) => {
      if (packages.has(name)) statuses.set(name, status);
    });
    await eachLine(join(folder, file), stanza);
    stanza("");
  }
  return statuses;
}

async function updatesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "updates")).catch(() => []);
  const numbered = names.filter((name) => /^\d+$/.test(name)).sort();
  return numbered.map((name) => `updates/${name}`);
}

/** Takes lines; gives a package at the end of each paragraph. */
function stanzas(onPackage: (name: string, status: PackageStatus) => void) {
  let fields = new Map<string, string>();
  let conffiles = new Map<BytePath, string>();
  let field = "";
  const give = () => {
    const name = fields.get("package");
    if (name === undefined) return;
    onPackage(nameOf(name, fields), {
      version: fields.get("version"),
      installed: fields.get("status")?.endsWith(" installed") === true,
      conffiles,
    });
  };
  return (line: string): void => {
    if (line === "") {
      give();
      fields = new Map();
      conffiles = new Map();
      return;
    }
    if (line.startsWith(" ")) {
      if (field === "conffiles") addConffile(conffiles, line);
      return;
    }
    const colon = line.indexOf(":");
    field = line.slice(0, colon).toLowerCase();
    if (asked.has(field)) fields.set(field, line.slice(colon + 1).trim());
  };
}

const asked = new Set(["package", "version", "status", "architecture", "multi-arch"]);

/** Packages that may be installed for several architectures have theirs in the names of their files. */
function nameOf(name: string, fields: ReadonlyMap<string, string>): string {
  return fields.get("multi-arch") === "same" ? `${name}:${fields.get("architecture")}` : name;
}

function addConffile(conffiles: Map<BytePath, string>, line: string): void {
  const [, path, md5, rest = ""] = /^ (\/.*) ([0-9a-f]{32})( [a-z -]+)?$/.exec(line) ?? [];
  if (path === undefined || md5 === undefined || rest.includes("obsolete")) return;
  conffiles.set(path, md5);
}
