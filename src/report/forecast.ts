import type { Alert } from "../core/alert.ts";
import { hasRoom, waitMilliseconds } from "./compose.ts";
import { hourOf } from "./local-time.ts";
import { alertMessage, digestMessage, type Gathered } from "./message.ts";
import { noticeOf } from "./notice.ts";

/** A mail that would have gone out. */
export interface WouldMail {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: "alert" | "digest";
  readonly subject: string;
  /** Of the worst alert in it. */
  readonly rule: number;
  readonly level: number;
}

/** Which mails the alerts of a history would have made. Alerts come in the order of their times. */
export interface MailForecast {
  notify(alert: Alert): void;
  /** No more alerts. Returns all mails, in their order. */
  end(): WouldMail[];
}

/**
 * Does what `composeDue` does, where the server takes every mail at once and all time is the events', without keeping any
 * alert but the worst: a test holds the two together.
 */
export function forecastMail(maxPerHour: number): MailForecast {
  return new Forecast(maxPerHour);
}

/** Alerts that wait for a mail. */
interface Waiting {
  readonly since: number;
  count: number;
  worst: Alert;
  /** The hour in which they were refused a mail for lack of budget. */
  held: number | undefined;
  /** When to look again, because something new came. */
  lookAt: number;
}

const second = 1000;

class Forecast implements MailForecast {
  readonly #maxPerHour: number;
  readonly #mails: WouldMail[] = [];
  #waiting: Waiting | undefined;
  #spent = { hour: Number.NaN, spent: 0, level: -1 };
  #now = Number.NEGATIVE_INFINITY;

  constructor(maxPerHour: number) {
    this.#maxPerHour = maxPerHour;
  }

  notify(alert: Alert): void {
    this.#now = Math.max(this.#now, alert.event.at);
    this.#passUntil(this.#now);
    const waiting = this.#waiting;
    if (!waiting) {
      this.#waiting = {
        since: this.#now,
        count: 1,
        worst: alert,
        held: undefined,
        lookAt: this.#now + waitMilliseconds,
      };
      return;
    }
    waiting.count += 1;
    if (alert.rule.level > waiting.worst.rule.level) waiting.worst = alert;
    if (waiting.held !== undefined) {
      waiting.lookAt = Math.min(waiting.lookAt, this.#now + second);
    }
  }

  end(): WouldMail[] {
    this.#passUntil(Number.POSITIVE_INFINITY);
    return this.#mails;
  }

  #passUntil(end: number): void {
    for (let one = this.#waiting; one && one.lookAt <= end; one = this.#waiting) {
      this.#look(one, one.lookAt);
    }
  }

  #look(waiting: Waiting, at: number): void {
    const hour = hourOf(at);
    if (waiting.held !== undefined && waiting.held !== hour) {
      this.#send("digest", waiting, at);
    } else if (hasRoom(this.#spentIn(hour), waiting.worst.rule.level, this.#maxPerHour)) {
      this.#send("alert", waiting, at);
    } else {
      waiting.held = hour;
      waiting.lookAt = hourAfter(hour);
    }
  }

  #spentIn(hour: number) {
    if (this.#spent.hour !== hour) this.#spent = { hour, spent: 0, level: -1 };
    return this.#spent;
  }

  #send(kind: WouldMail["kind"], { worst, count }: Waiting, at: number): void {
    const gathered: Gathered = {
      total: count,
      worst: [noticeOf(worst, "", "localhost")],
      byRule: [],
      bySource: [],
    };
    const { subject } =
      kind === "digest" ? digestMessage(gathered, at, this.#maxPerHour) : alertMessage(gathered);
    const { id: rule, level } = worst.rule;
    this.#mails.push({ at, kind, subject, rule, level });
    this.#waiting = undefined;
    if (kind === "digest") return;
    const spent = this.#spentIn(hourOf(at));
    spent.spent += 1;
    spent.level = Math.max(spent.level, level);
  }
}

/** Where the clock is set by less than an hour, the next one may begin later than that. */
function hourAfter(hour: number): number {
  let next = hour + 3600 * second;
  while (hourOf(next) === hour) next += 900 * second;
  return next;
}
