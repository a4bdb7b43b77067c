import type { DatabaseSync } from "node:sqlite";
import { takeAll } from "./gather.ts";
import { hourOf } from "./local-time.ts";
import { alertMessage, digestMessage } from "./message.ts";
import { type Draft, putMail, type Traffic, trafficIn } from "./outgoing.ts";
import { hold, waitingIn } from "./waiting.ts";

/** When alerts may become a mail. */
export interface Policy {
  readonly hostname: string;
  /** Mails of alerts in a clock hour; the digest that ends an hour is not one of them. */
  readonly maxPerHour: number;
  /** How long an alert waits for others to share its mail. */
  readonly waitMilliseconds: number;
}

/** The usual one. */
export const waitMilliseconds = 5000;

/** An alert from this level on may always have the last mail of an hour. */
const graveLevel = 12;
/** More mails than these are not written while the server takes none: alerts wait as alerts. */
const maxUnsent = 20;
/** What one mail tells in full. The rest is counted by rule and source. */
const inFull = { alerts: 20, bytes: 131_072, countAll: false };
const inDigest = { alerts: 10, bytes: 65_536, countAll: true };

/**
 * Writes the mail that is due, if one is: a digest when an hour has passed in which alerts were refused a mail,
 * else a mail of all that waits when the first of it has waited long enough and the hour's budget allows it.
 * Alerts for which it does not are marked for the digest.
 */
export function composeDue(db: DatabaseSync, now: number, policy: Policy): void {
  const waiting = waitingIn(db);
  const { level, since } = waiting;
  if (level === null || since === null) return;
  const hour = hourOf(now);
  const traffic = trafficIn(db, hour);
  if (traffic.unsent >= maxUnsent) return;
  if (waiting.held !== null && waiting.held !== hour) {
    if (traffic.unsentDigests === 0) composeDigest(db, now, policy);
    return;
  }
  // Looks both ways: after the clock was set back, nothing waits longer than before.
  if (Math.abs(now - since) < policy.waitMilliseconds) return;
  if (hasRoom(traffic, level, policy.maxPerHour)) composeAlerts(db, now, policy);
  else hold(db, hour);
}

/** Whether an hour has room for a mail of this level: its last one is kept for something worse than all before it. */
export function hasRoom(
  traffic: Pick<Traffic, "spent" | "level">,
  level: number,
  maxPerHour: number,
): boolean {
  const left = maxPerHour - traffic.spent;
  return left > 1 || (left === 1 && (level > traffic.level || level >= graveLevel));
}

function composeAlerts(db: DatabaseSync, now: number, policy: Policy): void {
  const hour = hourOf(now);
  const left = policy.maxPerHour - trafficIn(db, hour).spent - 1;
  const gathered = takeAll(db, inFull);
  if (!gathered) return;
  const message = alertMessage(gathered, left > 1 ? undefined : lastWords(left));
  putMail(db, { kind: "alert", ...message, ...headOf(gathered.worst[0], now, policy) });
}

function composeDigest(db: DatabaseSync, now: number, policy: Policy): void {
  const gathered = takeAll(db, inDigest);
  if (!gathered) return;
  const message = digestMessage(gathered, now, policy.maxPerHour);
  putMail(db, { kind: "digest", ...message, ...headOf(gathered.worst[0], now, policy) });
}

/** The reader must know that silence is not peace from here on. */
function lastWords(left: number): string {
  const exception = left === 1 ? ", unless something worse happens" : "";
  return `No more alerts are mailed in this hour${exception}. What else happens comes in one digest at its end.`;
}

function headOf(
  worst: { id: string; rule: number; level: number },
  now: number,
  { hostname }: Policy,
): Omit<Draft, "kind" | "subject" | "text"> {
  const domain = hostname.replace(/[^A-Za-z0-9.-]/g, "-") || "localhost";
  return {
    messageId: `<stockade.${worst.id}.${now}@${domain}>`,
    alert: worst.id,
    rule: worst.rule,
    level: worst.level,
    composed: now,
  };
}
