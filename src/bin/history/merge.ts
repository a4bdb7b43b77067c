import type { Line } from "../../core/event.ts";

/** Lines of one log, many at a time, in the order of the log. */
export type Lines = AsyncIterable<readonly Line[]>;

/** The lines of several logs as one, by the time of each (`receivedAt`). Lines of one log keep their order. */
export async function* merge(logs: readonly Lines[]): Lines {
  let open: Cursor[] = [];
  for (const log of logs) {
    const cursor = { log: log[Symbol.asyncIterator](), lines: [], next: 0 };
    if (await fill(cursor)) open.push(cursor);
  }
  while (open.length > 1) {
    const { lines, dry } = untilOneIsDry(open);
    yield lines;
    if (!(await fill(dry))) open = open.filter((cursor) => cursor !== dry);
  }
  for (const cursor of open) {
    yield cursor.lines.slice(cursor.next);
    while (await fill(cursor)) yield cursor.lines;
  }
}

interface Cursor {
  readonly log: AsyncIterator<readonly Line[]>;
  lines: readonly Line[];
  /** The first of them that was not given yet. */
  next: number;
}

/** Whether there are more lines. */
async function fill(cursor: Cursor): Promise<boolean> {
  for (;;) {
    const { done, value } = await cursor.log.next();
    if (done) return false;
    cursor.lines = value;
    cursor.next = 0;
    if (value.length > 0) return true;
  }
}

function untilOneIsDry(open: readonly Cursor[]): { lines: Line[]; dry: Cursor } {
  const lines: Line[] = [];
  for (;;) {
    const { cursor, line } = earliest(open);
    lines.push(line);
    cursor.next += 1;
    if (cursor.next === cursor.lines.length) return { lines, dry: cursor };
  }
}

function earliest(open: readonly Cursor[]): { cursor: Cursor; line: Line } {
  let found: { cursor: Cursor; line: Line } | undefined;
  for (const cursor of open) {
    const line = cursor.lines[cursor.next];
    if (line && !(found && found.line.receivedAt <= line.receivedAt)) found = { cursor, line };
  }
  if (!found) throw new Error("an open cursor has a line");
  return found;
}
