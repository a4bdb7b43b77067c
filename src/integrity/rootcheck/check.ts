import type { BytePath } from "../entry.ts";

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
}

/** A sign that something may hide here. */
export interface Sign {
  /** By what it is known again in the next run: while it stays it is told once, and again when it comes back. */
  readonly key: string;
  /** In OSSEC's words where it has any. Printable. */
  readonly text: string;
  /** How sure it is; see the rules. */
  readonly kind: "rootkit" | "hidden" | "suspicious" | "notice";
  /** The file it is about, printable. */
  readonly file?: string;
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
