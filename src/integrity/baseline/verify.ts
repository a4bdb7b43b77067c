import type { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import type { Verification } from "./baseline.ts";
import { type MarkedTable, markedTables } from "./database.ts";
import type { Identity } from "./identity.ts";
import type { Rows } from "./rows.ts";
import { counted, isSigned, type Sealed, unsealed } from "./seal.ts";

const mostProblems = 100;
/** Takes a few milliseconds. */
const together = 500;
const tables = Object.keys(markedTables).filter(
  (name): name is MarkedTable => name in markedTables,
);

/**
 * Compares every row with its mark, and all of them with what was signed. A few rows are in memory at a time, and other
 * work has its turn between them: what that changes is followed.
 */
export async function verifyRows(
  db: DatabaseSync,
  identity: Identity,
  rows: Rows,
): Promise<Verification> {
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const found = await countAll(db, rows, note);
  const sealed = rows.sealed();
  const state = db.prepare("SELECT signature FROM state").get();
  if (sealed.doubt !== "") note(sealed.doubt);
  if (state && !isSigned(identity, sealed, state["signature"])) note("the signature is not ours");
  if (found.rows !== sealed.rows || found.sum !== sealed.sum) {
    note(
      `rows were added, removed or replaced: ${found.rows} are there, ${sealed.rows} were signed`,
    );
  }
  const { generation } = sealed;
  return { isGenuine: problems.length === 0, rows: found.rows, generation, problems };
}

/** How far it came: all tables before this one, and of it all rows up to this key. */
interface Place {
  readonly table: number;
  readonly key: string | number | undefined;
}

async function countAll(
  db: DatabaseSync,
  rows: Rows,
  note: (problem: string) => void,
): Promise<Sealed> {
  let found = unsealed;
  let place: Place = { table: 0, key: undefined };
  const unfollow = rows.follow((table, key, mark, by) => {
    if (isBehind(place, tables.indexOf(table), key)) found = counted(found, mark, by);
  });
  try {
    for (const step of pagesOf(db)) {
      for (const row of step.page) {
        if (!rows.isMarked(step.table, row))
          note(`a row of "${step.table}" is not as it was written`);
        found = counted(found, row["mark"], 1);
      }
      place = step.upTo;
      await turn();
    }
  } finally {
    unfollow();
  }
  return found;
}

function isBehind(place: Place, table: number, key: string | number): boolean {
  if (table !== place.table) return table < place.table;
  return place.key !== undefined && key <= place.key;
}

/** Asked for one after the other: a page holds what is there when it is asked for. */
function* pagesOf(db: DatabaseSync) {
  for (const [index, table] of tables.entries()) {
    const [first] = markedTables[table];
    const page = db.prepare(`SELECT * FROM ${table} WHERE ${first} > ? ORDER BY ${first} LIMIT ?`);
    // Before all texts and all ids.
    let key: string | number = table === "history" || table === "outbox" ? -1 : "";
    for (let found = page.all(key, together); found.length > 0; found = page.all(key, together)) {
      const last: unknown = found.at(-1)?.[first];
      key = typeof last === "number" ? last : String(last);
      yield { table, page: found, upTo: { table: index, key } };
    }
    yield { table, page: [], upTo: { table: index + 1, key: undefined } };
  }
}
