import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { type MarkedTable, markedTables } from "./database.ts";
import type { Identity } from "./identity.ts";
import { counted, isSameMark, isSigned, markOf, type Sealed, signed, unsealed } from "./seal.ts";

type Value = string | number | null;
type Row = Readonly<Record<string, unknown>>;

/** The marked rows of all tables, and what is signed of them together. */
export interface Rows {
  readonly sealed: () => Sealed;
  /** Runs `work` as one transaction, signed at its end. What it throws undoes all of it. */
  change<T>(work: () => T): T;
  /** Puts a row in; where there was one of the same key, it goes. Values as `markedTables` names the columns. */
  put(table: MarkedTable, values: readonly Value[]): void;
  /** Adds a row whose id is the next one, and returns that. */
  append(table: "history" | "outbox", values: readonly Value[]): number;
  /** Returns whether there was one. */
  remove(table: MarkedTable, key: string | number): boolean;
  find(table: MarkedTable, key: string | number): Readonly<Record<string, unknown>> | undefined;
  isMarked(table: MarkedTable, row: Readonly<Record<string, unknown>>): boolean;
  /** Tells of each mark that comes (1) or goes (-1) with a transaction, until the function that it returns is called. */
  follow(follower: Follower): () => void;
}

type Follower = (table: MarkedTable, key: string | number, mark: unknown, by: 1 | -1) => void;

/** `onDoubt` hears of rows that somebody else has changed. */
export function openRows(
  db: DatabaseSync,
  identity: Identity,
  onDoubt: (doubt: string) => void,
): Rows {
  const statements = prepareAll(db);
  const seal = openSeal(db, identity, onDoubt);
  const followers = openFollowers();

  const count = (table: MarkedTable, key: string | number, mark: unknown, by: 1 | -1) => {
    seal.count(mark, by);
    followers.note([table, key, mark, by]);
  };
  const isMarked = (table: MarkedTable, row: Readonly<Record<string, unknown>>) =>
    isSameMark(markOf(identity, table, textsOf(table, row)), row["mark"]);
  const find = (table: MarkedTable, key: string | number) => statements[table].find.get(key);
  const leave = (table: MarkedTable, key: string | number, row: Row) => {
    if (!isMarked(table, row)) seal.doubt(`a row of "${table}" was changed by somebody else`);
    count(table, key, row["mark"], -1);
  };
  const put = (table: MarkedTable, values: readonly Value[]) => {
    const key = values[0] ?? "";
    const mark = markOf(identity, table, values.map(textOf));
    const row = find(table, key);
    // A full scan finds nearly every row as it is.
    if (row && isSameMark(mark, row["mark"]) && isMarked(table, row)) return;
    if (row) leave(table, key, row);
    statements[table].put.run(...values, mark);
    count(table, key, mark, 1);
  };
  const append = (table: "history" | "outbox", values: readonly Value[]) => {
    const id = Number(statements[table].next.get()?.["id"] ?? 1);
    put(table, [id, ...values]);
    return id;
  };
  const remove = (table: MarkedTable, key: string | number) => {
    const row = find(table, key);
    if (!row) return false;
    leave(table, key, row);
    statements[table].remove.run(key);
    return true;
  };
  const change = <T>(work: () => T) => {
    followers.forget();
    const result = transaction(db, work, seal);
    followers.tell();
    return result;
  };
  const { follow } = followers;
  return { sealed: seal.present, change, put, append, remove, find, isMarked, follow };
}

/** Those hear of a transaction when it is through. */
function openFollowers() {
  const all = new Set<Follower>();
  let noted: Parameters<Follower>[] = [];
  return {
    note(one: Parameters<Follower>): void {
      if (all.size > 0) noted.push(one);
    },
    forget(): void {
      noted = [];
    },
    tell(): void {
      for (const follower of all) for (const one of noted) follower(...one);
    },
    follow(follower: Follower): () => void {
      all.add(follower);
      return () => all.delete(follower);
    },
  };
}

type Seal = ReturnType<typeof openSeal>;

/** What is signed, as it grows through a transaction. */
function openSeal(db: DatabaseSync, identity: Identity, onDoubt: (doubt: string) => void) {
  let sealed = readSealed(db, identity);
  let before = sealed;
  if (sealed.doubt !== "") onDoubt(sealed.doubt);
  return {
    present: () => sealed,
    count: (mark: unknown, by: 1 | -1) => {
      sealed = counted(sealed, mark, by);
    },
    doubt: (what: string) => {
      onDoubt(what);
      if (sealed.doubt === "") sealed = { ...sealed, doubt: what };
    },
    begin: () => {
      before = sealed;
    },
    end: () => {
      sealed = { ...sealed, generation: sealed.generation + 1 };
      writeSealed(db, sealed, signed(identity, sealed));
    },
    undo: () => {
      sealed = before;
    },
  };
}

function transaction<T>(db: DatabaseSync, work: () => T, seal: Seal): T {
  db.exec("BEGIN IMMEDIATE");
  seal.begin();
  try {
    const result = work();
    seal.end();
    db.exec("COMMIT");
    return result;
  } catch (thrown) {
    // SQLite has already undone it after some faults, such as a full disk.
    if (db.isTransaction) db.exec("ROLLBACK");
    seal.undo();
    throw thrown;
  }
}

/** The columns of a row that its mark covers, as texts. */
function textsOf(table: MarkedTable, row: Readonly<Record<string, unknown>>) {
  return markedTables[table].map((column) => textOf(row[column]));
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

interface Statements {
  readonly find: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
  readonly next: StatementSync;
}

function prepareAll(db: DatabaseSync): Record<MarkedTable, Statements> {
  const prepare = (table: MarkedTable): Statements => {
    const columns = markedTables[table];
    const marks = columns.map(() => "?").join(", ");
    const names = columns.join(", ");
    return {
      find: db.prepare(`SELECT ${names}, mark FROM ${table} WHERE ${columns[0]} = ?`),
      put: db.prepare(`INSERT OR REPLACE INTO ${table} (${names}, mark) VALUES (${marks}, ?)`),
      remove: db.prepare(`DELETE FROM ${table} WHERE ${columns[0]} = ?`),
      // Ids of rows that went are not used again: somebody may still name one.
      next: db.prepare(`SELECT seq + 1 AS id FROM sqlite_sequence WHERE name = '${table}'`),
    };
  };
  return {
    entries: prepare("entries"),
    outstanding: prepare("outstanding"),
    history: prepare("history"),
    outbox: prepare("outbox"),
    areas: prepare("areas"),
  };
}

function readSealed(db: DatabaseSync, identity: Identity): Sealed {
  const row = db.prepare("SELECT generation, rows, sum, doubt, signature FROM state").get();
  if (!row) return unsealed;
  const sealed = {
    generation: Number(row["generation"]),
    rows: Number(row["rows"]),
    sum: sumIn(String(row["sum"])),
    doubt: String(row["doubt"]),
  };
  if (isSigned(identity, sealed, row["signature"])) return sealed;
  return { ...sealed, doubt: sealed.doubt || "the signature of the baseline is not ours" };
}

function sumIn(text: string): bigint {
  return /^[0-9a-f]{1,64}$/.test(text) ? BigInt(`0x${text}`) : 0n;
}

function writeSealed(db: DatabaseSync, sealed: Sealed, signature: Uint8Array): void {
  const values: SQLInputValue[] = [sealed.generation, sealed.rows, sealed.sum.toString(16)];
  db.prepare("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)").run(
    ...values,
    sealed.doubt,
    signature,
  );
}
