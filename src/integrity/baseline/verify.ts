import type { DatabaseSync } from "node:sqlite";
import type { Verification } from "./baseline.ts";
import { type MarkedTable, markedTables } from "./database.ts";
import type { Identity } from "./identity.ts";
import type { Rows } from "./rows.ts";
import { counted, isSigned, unsealed } from "./seal.ts";

const mostProblems = 100;
const tables = Object.keys(markedTables).filter(
  (name): name is MarkedTable => name in markedTables,
);

/** Compares every row with its mark, and all of them with what was signed. One row at a time is in memory. */
export function verifyRows(db: DatabaseSync, identity: Identity, rows: Rows): Verification {
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const sealed = rows.sealed();
  const state = db.prepare("SELECT signature FROM state").get();
  if (sealed.doubt !== "") note(sealed.doubt);
  if (state && !isSigned(identity, sealed, state["signature"])) note("the signature is not ours");
  let found = unsealed;
  for (const { table, row } of everyRow(db)) {
    if (!rows.isMarked(table, row)) note(`a row of "${table}" is not as it was written`);
    found = counted(found, row["mark"], 1);
  }
  if (found.rows !== sealed.rows || found.sum !== sealed.sum) {
    note(
      `rows were added, removed or replaced: ${found.rows} are there, ${sealed.rows} were signed`,
    );
  }
  const { generation } = sealed;
  return { isGenuine: problems.length === 0, rows: found.rows, generation, problems };
}

function* everyRow(db: DatabaseSync) {
  for (const table of tables) {
    for (const row of db.prepare(`SELECT * FROM ${table}`).iterate()) yield { table, row };
  }
}
