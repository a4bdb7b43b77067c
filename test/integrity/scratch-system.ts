import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openAccounts } from "../../src/integrity/accounts.ts";
import type { Change, Entry, Kind } from "../../src/integrity/entry.ts";
import { openJudge } from "../../src/integrity/judge.ts";
import { openTools } from "../../src/integrity/judging/tools.ts";
import { type Known, openTrust } from "../../src/integrity/judging/trust.ts";
import { openDpkg } from "../../src/integrity/packages/dpkg.ts";
import { onRecord } from "../../src/integrity/packages/on-record.ts";
import { openTransactions } from "../../src/integrity/packages/transactions.ts";

/** A package to build: what is in it, by path. A folder ends with "/", a link is written "-> target". */
export interface Built {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  readonly conffiles?: readonly string[];
}

/** A root of a file system of its own, with a dpkg that installs into it. */
export function scratchSystem() {
  const root = mkdtempSync(join(tmpdir(), "stockade-packages-"));
  for (const folder of [
    "var/lib/dpkg/info",
    "var/lib/dpkg/updates",
    "var/log/apt",
    "usr/bin",
    "etc",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of ["status", "available", "lock", "lock-frontend"]) {
    writeFileSync(join(root, "var/lib/dpkg", file), "");
  }
  writeFileSync(join(root, "locks"), "");
  symlinkSync("usr/bin", join(root, "bin"));
  return {
    root,
    put: (path: string, text: string) => put(root, path, text),
    build: (built: Built) => build(root, built),
    dpkg: (...words: string[]) => dpkg(root, words),
    install: (...all: Built[]) => dpkg(root, ["-i", ...all.map((one) => build(root, one))]),
    divert: (path: string, to: string, by: string) =>
      run(
        "dpkg-divert",
        "--root",
        root,
        "--package",
        by,
        "--divert",
        to,
        "--rename",
        "--add",
        path,
      ),
    entry: (path: string) => entryOf(root, path),
    remove: () => rmSync(root, { recursive: true }),
  };
}

type System = ReturnType<typeof scratchSystem>;

/** Tells what became of these paths since `before` was taken. */
export function changesSince(
  system: System,
  before: ReadonlyMap<string, Entry | undefined>,
): Change[] {
  return [...before].flatMap(([path, was]): Change[] => {
    const is = system.entry(path);
    if (was && is)
      return JSON.stringify(was) === JSON.stringify(is)
        ? []
        : [{ action: "modified", before: was, after: is }];
    if (is) return [{ action: "added", before: undefined, after: is }];
    return was ? [{ action: "deleted", before: was, after: undefined }] : [];
  });
}

export function looks(system: System, ...paths: string[]): Map<string, Entry | undefined> {
  return new Map(paths.map((path) => [path, system.entry(path)]));
}

/** A judge of such a system; `owners` is what the baseline remembers. */
export function judgeOf(
  system: System,
  {
    owners = {},
    now = () => Date.now() + 60_000,
    tools = [] as string[],
    known = (() => undefined) as Known,
  } = {},
) {
  const { root } = system;
  const accounts = openAccounts({ root, kept: undefined, key: Buffer.from("key"), sha256 });
  accounts.remember();
  const remembered: Readonly<Record<string, string>> = owners;
  const logged = openTransactions({ root, now, procLocks: join(root, "locks") });
  const transactions = onRecord(logged, { root });
  const { database, hasList } = openTrust({
    root,
    database: openDpkg({ root }),
    known,
    transactions,
    now,
  });
  const judge = openJudge({
    root,
    packages: database,
    hasList,
    transactions,
    accounts,
    tools: openTools({ root, folders: tools, maps: "/nonexistent" }),
    ownerBefore: (path) => remembered[path],
    now,
  });
  return { judge, accounts };
}

/** dpkg or apt seems to be at work. */
export function atWork(system: System, is: boolean): void {
  const { ino } = lstatSync(join(system.root, "var/lib/dpkg/lock-frontend"));
  const row = `1: POSIX  ADVISORY  WRITE 12056 00:29:${ino} 0 EOF\n`;
  writeFileSync(join(system.root, "locks"), is ? row : "");
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  if (text.startsWith("-> ")) {
    rmSync(join(root, path), { force: true });
    symlinkSync(text.slice(3), join(root, path));
  } else if (path.endsWith("/")) mkdirSync(join(root, path), { recursive: true });
  else writeFileSync(join(root, path), text);
}

function build(root: string, { name, version, files, conffiles = [] }: Built): string {
  const tree = mkdtempSync(join(root, `${name}-`));
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: ${name}\n`;
  put(tree, "DEBIAN/control", control);
  if (conffiles.length > 0) put(tree, "DEBIAN/conffiles", `${conffiles.join("\n")}\n`);
  for (const [path, text] of Object.entries(files)) put(tree, path, text);
  const deb = join(root, `${name}_${version}.deb`);
  run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, deb);
  rmSync(tree, { recursive: true });
  return deb;
}

function dpkg(root: string, words: readonly string[]): void {
  const force = "--force-bad-path,confold,unsafe-io,not-root";
  run("dpkg", `--root=${root}`, `--log=${root}/var/log/dpkg.log`, force, ...words);
}

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ["ignore", "ignore", "pipe"] });
}

function entryOf(root: string, path: string): Entry | undefined {
  const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return undefined;
  const kinds: [boolean, Kind][] = [
    [stats.isFile(), "file"],
    [stats.isDirectory(), "directory"],
    [stats.isSymbolicLink(), "link"],
    [stats.isFIFO(), "pipe"],
  ];
  const kind = kinds.find(([is]) => is)?.[1] ?? "device";
  return {
    path,
    kind,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    mtime: stats.mtimeMs,
    ctime: stats.ctimeMs,
    inode: stats.ino,
    device: stats.dev,
    sha256: kind === "file" ? sha256(readFileSync(join(root, path))) : undefined,
    target: kind === "link" ? readlinkSync(join(root, path)) : undefined,
    attributes: undefined,
  };
}
