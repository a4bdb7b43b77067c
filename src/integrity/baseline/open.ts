import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../core/log.ts";
import { openAreas } from "./areas.ts";
import type { Baseline } from "./baseline.ts";
import { openDatabase } from "./database.ts";
import { openEntries, pathIn } from "./entries.ts";
import { writeExport } from "./export.ts";
import { openIdentity } from "./identity.ts";
import { openOutbox } from "./outbox.ts";
import { openPast } from "./past.ts";
import { openRows } from "./rows.ts";
import { openTexts } from "./texts.ts";
import { verifyRows } from "./verify.ts";

/** Opens the baseline in a folder of our own. Throws where there is no permission or no room. */
export function openBaseline(
  folder: string,
  { log, clock }: { log: Log; clock: () => number },
): Baseline {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const identity = openIdentity(folder);
  const { db, setAside } = openDatabase(join(folder, "baseline.db"));
  if (setAside !== undefined) log.error(setAside);
  const rows = openRows(db, identity, (doubt) =>
    log.error(`the baseline cannot be trusted any more: ${doubt}`),
  );
  const texts = openTexts(db, identity);
  const entries = openEntries(db, rows, texts);
  const { change } = rows;
  const outbox = openOutbox(db, rows);
  const counts = db.prepare(
    "SELECT (SELECT count(*) FROM outstanding) AS outstanding, (SELECT count(*) FROM outbox) AS waiting",
  );
  const past = openPast(db, rows, entries.asked.get, texts, clock);
  return {
    setAside,
    ...entries.asked,
    get count() {
      return entries.count();
    },
    counts() {
      const found = counts.get();
      return { outstanding: Number(found?.["outstanding"]), waiting: Number(found?.["waiting"]) };
    },
    ...past.asked,
    ...outbox.asked,
    take: (judged, findings, contents, accepted = false) =>
      change(() => {
        for (const one of judged) {
          past.take(one, accepted, () =>
            entries.put(one.change, contents?.get(pathIn(one.change))),
          );
        }
        outbox.put(findings);
      }),
    ...openAreas(db, rows),
    verify: () => verifyRows(db, identity, rows),
    export: (write) => writeExport(db, identity, rows, clock(), write),
    close: () => db.close(),
  };
}
