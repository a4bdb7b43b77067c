import type { BytePath } from "../entry.ts";

/** In milliseconds. */
const memory = 600_000;
/** Of each kind. */
const mostPaths = 500;

/** Which files were told of one by one in the last ten minutes, by kind: with more of it, they are a crowd. */
export interface Recent {
  of(kind: string): BytePath[];
  note(kind: string, paths: readonly BytePath[]): void;
}

/** `clock` in milliseconds since 1970. */
export function openRecent(clock: () => number): Recent {
  const kinds = new Map<string, Map<BytePath, number>>();
  return {
    of(kind) {
      const paths = kinds.get(kind) ?? new Map<BytePath, number>();
      for (const [path, at] of paths) if (Math.abs(clock() - at) > memory) paths.delete(path);
      return [...paths.keys()];
    },
    note(kind, paths) {
      if (paths.length === 0) return;
      const known = kinds.get(kind) ?? new Map<BytePath, number>();
      kinds.set(kind, known);
      for (const path of paths) {
        known.delete(path);
        known.set(path, clock());
      }
      for (const path of known.keys()) {
        if (known.size <= mostPaths) break;
        known.delete(path);
      }
    },
  };
}
