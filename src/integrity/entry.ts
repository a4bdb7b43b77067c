/**
 * A path, one character a byte ("latin1"): names of files are bytes and need not be UTF-8. `nameShown` makes it text for people,
 * `Buffer.from(path, "latin1")` what the file system takes.
 */
export type BytePath = string;

export type Kind = "file" | "directory" | "link" | "device" | "pipe" | "socket";

/** What is remembered of one file: all that lstat(2) says and that can be changed on purpose, and what it holds. */
export interface Entry {
  readonly path: BytePath;
  readonly kind: Kind;
  /** The permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtime: number;
  readonly ctime: number;
  readonly inode: number;
  readonly device: number;
  /** Of a file, in hexadecimal; undefined where it was not read (not asked for, unreadable, no file). */
  readonly sha256: string | undefined;
  /** Where a link points, as written in it. */
  readonly target: BytePath | undefined;
  /** Extended attributes by name, values in hexadecimal: ACLs (system.posix_acl_access), capabilities (security.capability). */
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** How what is there differs from what is remembered. */
export type Change =
  | { readonly action: "added"; readonly before: undefined; readonly after: Entry }
  | { readonly action: "deleted"; readonly before: Entry; readonly after: undefined }
  | { readonly action: "modified"; readonly before: Entry; readonly after: Entry };

/** What a change turned out to be. */
export type IntegrityVerdict =
  /** The content is what the package recorded that a transaction has just installed, upgraded or removed. */
  | "explained"
  /** A transaction's scripts did it, in a way that such scripts do: a link to a unit of the package, a system account, ld.so.cache. */
  | "side-effect"
  /** A program such as prelink rewrote it, and shows that it was what the package recorded. */
  | "prefiltered"
  /** A configuration file of a package that an admin may edit. */
  | "conffile"
  /** A package's file is other than the package recorded, and no transaction explains it. */
  | "differs"
  /** A package's file is as the package recorded, yet something about it changed without a transaction. */
  | "matches"
  /** No package owns it, in a folder where packages put programs and settings. */
  | "unowned"
  /** A program that such verdicts rest on changed, explained or not. */
  | "tools"
  /** Whether it is the package's could not be found out. */
  | "unverified"
  /** A file where no package has anything to say. */
  | "plain";

/** Whether it is the work of packages: told together with others, and nobody has to accept it. */
export function isOfPackages(verdict: IntegrityVerdict): boolean {
  return verdict === "explained" || verdict === "side-effect" || verdict === "prefiltered";
}

/** A change, judged against the package database. */
export interface JudgedChange {
  readonly change: Change;
  readonly verdict: IntegrityVerdict;
  /** Of `tools`: what it would be if no verdict rested on it. */
  readonly otherwise?: IntegrityVerdict;
  /** Its package, where one owns it: "openssh-client". */
  readonly package: string | undefined;
  /** The transaction that explains or caused it, see `Transaction.id`. */
  readonly transaction: string | undefined;
  /** One sentence on why, for people: "the content is not what openssh-client 1:10.0p1-7 recorded". */
  readonly reason: string;
}
