import type { BytePath } from "../entry.ts";

/** A package that says a path is its own. */
export interface Owner {
  /** As its files are named: "adduser", "libc6:amd64". */
  readonly package: string;
  /** The path that the package calls it: another one on a merged /usr, and where it was diverted. */
  readonly recordedAs: BytePath;
}

/** What a package says of one of its files. */
export interface RecordedFile {
  /** In hexadecimal; undefined where the package recorded none, as for links and folders. */
  readonly md5: string | undefined;
  /** A setting that an admin may edit; the checksum is that of the package's own text. */
  readonly conffile: boolean;
}

export interface PackageRecord {
  readonly package: string;
  readonly version: string | undefined;
  /** Whether it is unpacked and configured. */
  readonly installed: boolean;
  /** Why its checksums cannot be had, in words; undefined where they can. */
  readonly problem: string | undefined;
  /** Somebody else than the package manager has changed them, see `openTrust`. */
  readonly isDoubted?: boolean;
  /** Of those that were asked for, by the package's own path. */
  readonly files: ReadonlyMap<BytePath, RecordedFile>;
}

/** The database of a package manager: dpkg's today. All questions are asked for many at once, and answered in one reading. */
export interface PackageDatabase {
  /** Who owns each of these paths; absent where nobody does. Throws when the database cannot be read. */
  owners(paths: readonly BytePath[]): Promise<ReadonlyMap<BytePath, readonly Owner[]>>;
  /** What these packages recorded of their files. Throws when the database cannot be read. */
  records(
    wanted: ReadonlyMap<string, readonly BytePath[]>,
  ): Promise<ReadonlyMap<string, PackageRecord>>;
  /** Which of these checksums one of the packages recorded, by package: a file may be a copy of what a package brought. */
  holders(
    packages: readonly string[],
    md5s: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, string>>;
  /** Which of these settings a script of one of the packages names, by path; see `namedByScripts` of dpkg. */
  namedByScripts(
    packages: readonly string[],
    paths: readonly BytePath[],
  ): Promise<ReadonlyMap<BytePath, string>>;
  /** Of a file of the database itself, whose package it speaks of ("" for all of them); undefined for any other file. */
  partOf(path: BytePath): string | undefined;
  /** The file of the database in which a package's files are listed, or their checksums. */
  fileOf(name: string, what: "list" | "checksums"): BytePath;
}
