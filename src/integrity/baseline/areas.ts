import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { PathPattern } from "../../config/syscheck-settings.ts";
import type { Rows } from "./rows.ts";

/** Before what was left out, among the names of what was walked. */
const mark = "ignored ";
const Patterns = z.array(PathPattern);

/** The table of what was walked to its end, and, as one more row, of what that left out. */
export function openAreas(db: DatabaseSync, rows: Rows) {
  const find = db.prepare("SELECT area FROM areas WHERE area >= ? AND area < ?");
  const marked = () => find.all(mark, `${mark}\u{10ffff}`).map(({ area }) => String(area));
  return {
    isKnown: (area: string) => rows.find("areas", area) !== undefined,
    ignored(): readonly PathPattern[] {
      const [row] = marked();
      if (row === undefined) return [];
      try {
        return Patterns.parse(JSON.parse(row.slice(mark.length)));
      } catch {
        // Somebody has written into it, which `verify` tells: then nothing was left out, and all that is new is told.
        return [];
      }
    },
    makeKnown: (areas: readonly string[], ignored: readonly PathPattern[]) =>
      rows.change(() => {
        const row = mark + JSON.stringify(ignored);
        for (const other of marked()) if (other !== row) rows.remove("areas", other);
        for (const area of [...areas, row]) rows.put("areas", [area]);
      }),
  };
}
