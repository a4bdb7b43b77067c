import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Gathered } from "./message.ts";
import { Notice } from "./notice.ts";
import { fold } from "./waiting.ts";

export interface Share {
  /** Most alerts in full, and most bytes of them; one is always there. */
  readonly alerts: number;
  readonly bytes: number;
  /** Whether the counts include the alerts that are there in full. */
  readonly countAll: boolean;
}

/** Takes out everything that waits: the worst in full, the rest counted. Returns undefined when nothing waits. */
export function takeAll(db: DatabaseSync, share: Share): Gathered | undefined {
  const rows = worstOf(db, share);
  const [first, ...others] = rows;
  const last = rows.at(-1);
  if (!first || !last) return undefined;
  const total = totalOf(db);
  if (share.countAll) fold(db, "true");
  else fold(db, "level < ? OR (level = ? AND seq > ?)", last.level, last.level, last.seq);
  const gathered: Gathered = {
    total,
    worst: [withoutSeq(first), ...others.map(withoutSeq)],
    byRule: z.array(RuleRow).parse(db.prepare(byRule).all()),
    bySource: z.array(SourceRow).parse(db.prepare(bySource).all()),
  };
  db.exec("DELETE FROM notice; DELETE FROM tally");
  return gathered;
}

const NoticeRow = Notice.extend({ seq: z.number() });
type NoticeRow = z.infer<typeof NoticeRow>;

const worstFirst = `SELECT seq, id, at, rule, level, description, host, source, text FROM notice
  ORDER BY level DESC, seq LIMIT ?`;

function worstOf(db: DatabaseSync, { alerts, bytes }: Share): NoticeRow[] {
  const rows = z.array(NoticeRow).parse(db.prepare(worstFirst).all(alerts));
  let left = bytes;
  return rows.filter(({ text }, index) => {
    left -= text.length;
    return index === 0 || left >= 0;
  });
}

function withoutSeq({ seq: _, ...notice }: NoticeRow): Notice {
  return notice;
}

const totals = `SELECT (SELECT count(*) FROM notice) + (SELECT coalesce(sum(count), 0) FROM tally) AS total`;

function totalOf(db: DatabaseSync): number {
  return z.object({ total: z.number() }).parse(db.prepare(totals).get()).total;
}

const RuleRow = z.object({
  rule: z.number(),
  level: z.number(),
  description: z.string(),
  count: z.number(),
  sources: z.number(),
  source: z.string(),
  first: z.number(),
  last: z.number(),
});

const byRule = `SELECT rule, max(level) AS level, max(description) AS description, sum(count) AS count,
    count(DISTINCT nullif(source, '')) AS sources, max(source) AS source, min(first) AS first, max(last) AS last
  FROM tally GROUP BY rule ORDER BY 2 DESC, 4 DESC, rule LIMIT 50`;

const SourceRow = z.object({ source: z.string(), count: z.number() });

const bySource = `SELECT source, sum(count) AS count FROM tally
  GROUP BY source ORDER BY source = '', 2 DESC, source LIMIT 20`;
