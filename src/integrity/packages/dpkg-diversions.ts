import type { BytePath } from "../entry.ts";
import { eachLine } from "./lines.ts";
import type { Plain } from "./merged-paths.ts";
import type { Owner } from "./package-database.ts";

/** A file that other packages' files of that name make room for, see dpkg-divert(1). */
interface Diversion {
  readonly from: BytePath;
  readonly to: BytePath;
  /** Whose file stays at `from`; ":" when the admin said so. */
  readonly by: string;
}

export interface Diversions {
  /** Under which names a package may have recorded what stands at this path. */
  namesOf(path: BytePath): readonly BytePath[];
  /** Whether what a package records as `recordedAs` really stands at `path`. */
  holds(path: BytePath, owner: Owner): boolean;
}

/** Reads dpkg's diversions: three lines each. No file is none. */
export async function readDiversions(path: string, plain: Plain): Promise<Diversions> {
  const rows: string[] = [];
  try {
    await eachLine(path, (line) => rows.push(line));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return diversionsOf(threes(rows, plain));
}

function threes(rows: readonly string[], plain: Plain): Diversion[] {
  return rows.flatMap((from, index) => {
    const [to, by] = [rows[index + 1], rows[index + 2]];
    if (index % 3 !== 0 || to === undefined || by === undefined) return [];
    return [{ from: plain(from), to: plain(to), by }];
  });
}

function diversionsOf(all: readonly Diversion[]): Diversions {
  const byTo = new Map(all.map((one) => [one.to, one]));
  const byFrom = new Map(all.map((one) => [one.from, one]));
  return {
    namesOf(path) {
      const diverted = byTo.get(path);
      return diverted ? [path, diverted.from] : [path];
    },
    holds(path, owner) {
      const bare = owner.package.split(":")[0];
      const away = byFrom.get(owner.recordedAs);
      // What it recorded under a diverted name stands elsewhere, unless it is the package that diverted it.
      if (!away) return owner.recordedAs === path;
      return away.by === bare || away.by === owner.package ? path === away.from : path === away.to;
    },
  };
}
