import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { PathPattern } from "../../config/syscheck-settings.ts";
import type { PastLooks } from "../schedule.ts";
import type { Rows } from "./rows.ts";

const Patterns = z.array(PathPattern);
const Looks = z.object({ looked: z.number().optional(), read: z.number().optional() });

/** The table of what was walked to its end, and, as rows of their own, of what that left out and of when it was. */
export function openAreas(db: DatabaseSync, rows: Rows) {
  const ignored = openNote(db, rows, "ignored ");
  const looks = openNote(db, rows, "looks ");
  return {
    isKnown: (area: string) => rows.find("areas", area) !== undefined,
    // Where somebody has written into it, which `verify` tells, nothing was left out, and all that is new is told.
    ignored: (): readonly PathPattern[] => ignored.read(Patterns) ?? [],
    makeKnown: (areas: readonly string[], patterns: readonly PathPattern[]) =>
      rows.change(() => {
        ignored.write(patterns);
        for (const area of areas) rows.put("areas", [area]);
      }),
    looks(): PastLooks {
      const { looked, read } = looks.read(Looks) ?? {};
      return { looked, read };
    },
    noteLook: (at: number, isFull: boolean) =>
      rows.change(() =>
        looks.write({ ...looks.read(Looks), looked: at, ...(isFull && { read: at }) }),
      ),
  };
}

/** A row whose key is a name and what is noted under it, as JSON. */
function openNote(db: DatabaseSync, rows: Rows, name: string) {
  const find = db.prepare("SELECT area FROM areas WHERE area >= ? AND area < ?");
  const found = () => find.all(name, `${name}\u{10ffff}`).map(({ area }) => String(area));
  return {
    read<T>(schema: z.ZodType<T>): T | undefined {
      const [row] = found();
      try {
        return row === undefined ? undefined : schema.parse(JSON.parse(row.slice(name.length)));
      } catch {
        return undefined;
      }
    },
    /** Within a transaction of the caller's. */
    write(value: unknown): void {
      const row = name + JSON.stringify(value);
      for (const other of found()) if (other !== row) rows.remove("areas", other);
      rows.put("areas", [row]);
    },
  };
}
