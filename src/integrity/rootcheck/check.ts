import type { Rootcheck } from "../../config/rootcheck-settings.ts";
import type { Row } from "../baseline/baseline.ts";
import type { BytePath } from "../entry.ts";
import type { Signs } from "./signs.ts";

/** What a check looks at. */
export interface Ground {
  /** Before every path of the file system: "/", or a scratch folder. */
  readonly root: string;
  /** "/proc". */
  readonly proc: string;
  /** "/proc/1/root/sys": our own may show another network. */
  readonly sys: string;
  /** The package that owns each of these programs, where one does. */
  readonly owners: (paths: readonly BytePath[]) => Promise<ReadonlyMap<BytePath, string>>;
  /** What packages say of the content of these, where one owns them. */
  readonly verify: (paths: readonly BytePath[]) => Promise<ReadonlyMap<BytePath, Verified>>;
  /** Whether the baseline has all that is in a folder and below, see `wholeFolders`. */
  readonly isWatched: (folder: BytePath) => boolean;
  /** The baseline's files in a folder and all below it, behind a path, at most so many. */
  readonly watched: (folder: BytePath, after: BytePath | undefined, limit: number) => Row[];
  readonly settings: Rootcheck;
  readonly signs: Signs;
}

/** A file that a package owns. */
export interface Verified {
  readonly package: string;
  /** Whether it holds what the package recorded; a setting may be another. "unknown": nothing was recorded, or it cannot be read. */
  readonly content: "recorded" | "differs" | "setting" | "unknown";
}

/** A sign that something may hide here. */
export interface Sign {
  /** By what it is known again in the next run: while it stays it is told once, and again when it comes back. */
  readonly key: string;
  /** In OSSEC's words where it has any. Printable. */
  readonly text: string;
  /** How sure it is; see the rules. */
  readonly kind:
    | "rootkit"
    | "hidden"
    /** A program is not what its package recorded. */
    | "differs"
    /** A program of no package gives rights. */
    | "privileged"
    /** What cron runs. */
    | "cron"
    | "suspicious"
    /** A setting is weak. */
    | "audit"
    | "notice";
  /** The file it is about, printable. */
  readonly file?: string;
  /** Told in one finding with the others of which this is so. */
  readonly inOne?: true;
}

/** Looks for one kind of signs. A file or process that goes away meanwhile is no error. */
export type Check = (ground: Ground) => Promise<Sign[]>;

/** What `read` gives; `otherwise` where the file or process is not there, or not to be read. */
export function tried<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
