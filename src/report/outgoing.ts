import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";

/** Mails that are written and not yet taken by the server, and when mails were taken. */
export const outgoingSchema = `
  CREATE TABLE mail (
    seq INTEGER PRIMARY KEY, kind TEXT, messageId TEXT, subject TEXT, text TEXT, alert TEXT, rule INTEGER,
    level INTEGER, composed INTEGER, taken TEXT, refused TEXT, attempts INTEGER, due INTEGER
  ) STRICT;
  CREATE TABLE sent (at INTEGER, kind TEXT, level INTEGER) STRICT`;

const oneHour = 3_600_000;

const Recipients = z
  .string()
  .transform((text) => text.split("\n").filter((recipient) => recipient !== ""));

const MailRow = z.strictObject({
  seq: z.number(),
  /** A digest is outside the hour's budget. */
  kind: z.enum(["alert", "digest"]),
  messageId: z.string(),
  subject: z.string(),
  text: z.string(),
  /** Id, rule and level of the worst alert in it. */
  alert: z.string(),
  rule: z.number(),
  level: z.number(),
  composed: z.number(),
  /** Who has it, and who cannot have it. */
  taken: Recipients,
  refused: Recipients,
  attempts: z.number(),
  /** When to try (again). */
  due: z.number(),
});
export type Mail = z.infer<typeof MailRow>;

/** A mail as it is first written. */
export type Draft = Omit<Mail, "seq" | "taken" | "refused" | "attempts" | "due">;

export function putMail(db: DatabaseSync, draft: Draft): void {
  const { kind, messageId, subject, text, alert, rule, level, composed } = draft;
  db.prepare("INSERT INTO mail VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, ?)").run(
    kind,
    messageId,
    subject,
    text,
    alert,
    rule,
    level,
    composed,
    composed,
  );
}

/** The longest time between two attempts, in milliseconds. */
export const longestDelay = 300_000;

/** The gravest first. What is due later than can be was written before the clock was set back. */
export function mailsDue(db: DatabaseSync, now: number): Mail[] {
  const query = "SELECT * FROM mail WHERE due NOT BETWEEN ? AND ? ORDER BY level DESC, seq";
  return z.array(MailRow).parse(db.prepare(query).all(now + 1, now + longestDelay));
}

export function keepMail(db: DatabaseSync, { seq, taken, refused, attempts, due }: Mail): void {
  const change = "UPDATE mail SET taken = ?, refused = ?, attempts = ?, due = ? WHERE seq = ?";
  db.prepare(change).run(taken.join("\n"), refused.join("\n"), attempts, due, seq);
}

export function removeMail(db: DatabaseSync, { seq }: Mail): void {
  db.prepare("DELETE FROM mail WHERE seq = ?").run(seq);
}

/** Notes that the server took a mail. What is older than two hours is forgotten: only this hour's budget counts. */
export function noteSent(db: DatabaseSync, { kind, level }: Mail, now: number): void {
  db.prepare("INSERT INTO sent VALUES (?, ?, ?)").run(now, kind, level);
  db.prepare("DELETE FROM sent WHERE at NOT BETWEEN ? AND ?").run(now - 2 * oneHour, now);
}

/** Everything that waits for the server is tried at once: the settings changed. */
export function hurry(db: DatabaseSync, now: number): void {
  db.prepare("UPDATE mail SET due = ?, attempts = 0, refused = ''").run(now);
}

const Traffic = z.object({
  /** Mails that nobody has taken yet. */
  unsent: z.number(),
  unsentDigests: z.number(),
  /** Mails of this hour's budget that are gone or on their way, and the gravest level in them. */
  spent: z.number(),
  level: z.number(),
});
export type Traffic = z.infer<typeof Traffic>;

const traffic = `
  WITH spent AS (
    SELECT level FROM sent WHERE at BETWEEN ? AND ? AND kind = 'alert'
    UNION ALL SELECT level FROM mail WHERE taken = '' AND kind = 'alert'
  )
  SELECT (SELECT count(*) FROM mail WHERE taken = '') AS unsent,
    (SELECT count(*) FROM mail WHERE taken = '' AND kind = 'digest') AS unsentDigests,
    (SELECT count(*) FROM spent) AS spent,
    (SELECT coalesce(max(level), -1) FROM spent) AS level`;

/** The state of the budget in the hour that began at `hour`. */
export function trafficIn(db: DatabaseSync, hour: number): Traffic {
  return Traffic.parse(db.prepare(traffic).get(hour, hour + oneHour - 1));
}
