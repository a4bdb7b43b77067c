import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Alert } from "../core/alert.ts";
import { noticeOf } from "./notice.ts";
import { shown } from "./shown.ts";

/** Alerts that wait for a mail: most of them whole, and where there are too many the least of them as counts. */
export const waitingSchema = `
  CREATE TABLE notice (
    seq INTEGER PRIMARY KEY, noticed INTEGER, held INTEGER, size INTEGER, id TEXT, at INTEGER, rule INTEGER,
    level INTEGER, description TEXT, host TEXT, source TEXT, text TEXT
  ) STRICT;
  CREATE INDEX notice_by_level ON notice (level, seq, size, noticed, held);
  CREATE TABLE tally (
    rule INTEGER, source TEXT, level INTEGER, description TEXT, count INTEGER, first INTEGER, last INTEGER,
    PRIMARY KEY (rule, source)
  ) STRICT, WITHOUT ROWID`;

/** An alert as it arrives. */
export interface Arrival {
  readonly alert: Alert;
  readonly id: string;
  /** When it came, in milliseconds since 1970; the event itself may be older. */
  readonly noticed: number;
}

/** How much may wait in full. */
export interface Room {
  readonly alerts: number;
  readonly bytes: number;
}

/** A source address of its own for each of so many; the rest is counted together. */
const maxTallies = 10_000;

/** Adds the arrivals. Where room is short, a graver alert takes the place of a lesser one; that one is then only counted. */
export function addArrivals(
  db: DatabaseSync,
  arrivals: readonly Arrival[],
  { room, hostname }: { room: Room; hostname: string },
): void {
  const insert = db.prepare("INSERT INTO notice VALUES (NULL, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const counted = new Map<string, Counted>();
  let { alerts, bytes } = used(db);
  for (const { alert, id, noticed } of arrivals) {
    if (alerts >= room.alerts || bytes >= room.bytes) {
      const freed = makeWay(db, alert.rule.level);
      if (freed === undefined) {
        count(counted, alert);
        continue;
      }
      alerts--;
      bytes -= freed;
    }
    const notice = noticeOf(alert, id, hostname);
    const { at, rule, level, description, host, source, text } = notice;
    insert.run(noticed, text.length, id, at, rule, level, description, host, source, text);
    alerts++;
    bytes += text.length;
  }
  tally(db, [...counted.values()]);
}

const Used = z.object({ alerts: z.number(), bytes: z.number() });

function used(db: DatabaseSync): Room {
  const query = "SELECT count(*) AS alerts, coalesce(sum(size), 0) AS bytes FROM notice";
  return Used.parse(db.prepare(query).get());
}

const Lesser = z.object({ seq: z.number(), size: z.number() });

/** Turns the newest of the least alerts into a count if it is below `level`; returns the bytes that freed. */
function makeWay(db: DatabaseSync, level: number): number | undefined {
  const query = "SELECT seq, size FROM notice WHERE level < ? ORDER BY level, seq DESC LIMIT 1";
  const found = db.prepare(query).get(level);
  if (!found) return undefined;
  const { seq, size } = Lesser.parse(found);
  fold(db, "seq = ?", seq);
  db.prepare("DELETE FROM notice WHERE seq = ?").run(seq);
  return size;
}

interface Counted {
  readonly alert: Alert;
  count: number;
  first: number;
  last: number;
}

function count(counted: Map<string, Counted>, alert: Alert): void {
  const { at, srcip } = alert.event;
  const key = `${alert.rule.id} ${srcip ?? ""}`;
  const known = counted.get(key) ?? { alert, count: 0, first: at, last: at };
  known.count++;
  known.first = Math.min(known.first, at);
  known.last = Math.max(known.last, at);
  counted.set(key, known);
}

const addUp = `ON CONFLICT (rule, source) DO UPDATE SET count = count + excluded.count,
  level = max(level, excluded.level), first = min(first, excluded.first), last = max(last, excluded.last)`;

function tally(db: DatabaseSync, counted: readonly Counted[]): void {
  if (counted.length === 0) return;
  const rows = z.object({ rows: z.number() });
  const put = db.prepare(`INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?) ${addUp}`);
  let left = maxTallies - rows.parse(db.prepare("SELECT count(*) AS rows FROM tally").get()).rows;
  for (const { alert, count, first, last } of counted) {
    const source = left-- > 0 ? (alert.event.srcip ?? "") : "";
    const { id, level, description } = alert.rule;
    put.run(id, source, level, shown(description, 300), count, first, last);
  }
}

/** Adds the alerts that fit `condition` to the counts. */
export function fold(db: DatabaseSync, condition: string, ...values: number[]): void {
  const sums = "rule, source, max(level), max(description), count(*), min(at), max(at)";
  const from = `SELECT ${sums} FROM notice WHERE ${condition} GROUP BY rule, source`;
  db.prepare(`INSERT INTO tally ${from} ${addUp}`).run(...values);
}

const Waiting = z.object({
  alerts: z.number(),
  /** The gravest level. */
  level: z.number().nullable(),
  /** When the first of them came. */
  since: z.number().nullable(),
  /** The hour in which one of them was first refused a mail for lack of budget. */
  held: z.number().nullable(),
});

/** What waits. Counts alone never do: they begin when there is no room for alerts, and end with them. */
export function waitingIn(db: DatabaseSync): z.infer<typeof Waiting> {
  const query = `SELECT count(*) AS alerts, max(level) AS level, min(noticed) AS since, min(held) AS held FROM notice`;
  return Waiting.parse(db.prepare(query).get());
}

/** Marks all that waits as refused in this hour: the digest will have it. */
export function hold(db: DatabaseSync, hour: number): void {
  db.prepare("UPDATE notice SET held = ? WHERE held IS NULL").run(hour);
}
