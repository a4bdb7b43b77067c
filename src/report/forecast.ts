import { DatabaseSync } from "node:sqlite";
import type { Alert } from "../core/alert.ts";
import { composeDue, type Policy, waitMilliseconds } from "./compose.ts";
import { type Mail, mailsDue, noteSent, outgoingSchema, removeMail } from "./outgoing.ts";
import { type Arrival, addArrivals, waitingIn, waitingSchema } from "./waiting.ts";

/** A mail that would have gone out. */
export type WouldMail = Pick<Mail, "kind" | "subject" | "level" | "rule"> & {
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** Which mails the alerts of a history would have made, by the mailer's own rules. Alerts come in the order of their times. */
export interface MailForecast {
  notify(alert: Alert): void;
  /** No more alerts. Returns all mails, in their order. */
  end(): WouldMail[];
}

const second = 1000;
const oneHour = 3600 * second;
/** What waits is only counted beyond this: a forecast tells no alert in full. */
const room = { alerts: 200, bytes: 1 << 20 };

/** Opens a mailer without a server: whatever is composed is taken at once. All time is the events'. */
export function forecastMail(maxPerHour: number): MailForecast {
  return new Forecast(maxPerHour);
}

class Forecast implements MailForecast {
  readonly #db = new DatabaseSync(":memory:");
  readonly #policy: Policy;
  readonly #mails: WouldMail[] = [];
  #now = Number.NEGATIVE_INFINITY;
  /** Until when what was due has been done. */
  #passed = Number.NEGATIVE_INFINITY;
  #arrivals: Arrival[] = [];

  constructor(maxPerHour: number) {
    this.#db.exec(`${waitingSchema}; ${outgoingSchema}`);
    this.#policy = { hostname: "localhost", maxPerHour, waitMilliseconds };
  }

  notify(alert: Alert): void {
    this.#now = Math.max(this.#now, alert.event.at);
    const [first] = this.#arrivals;
    const isFull = this.#arrivals.length >= room.alerts;
    if (first && (isFull || this.#now - first.noticed >= second)) this.#takeArrivals();
    this.#passUntil(this.#now);
    this.#arrivals.push({ alert, id: "0.0", noticed: this.#now });
  }

  end(): WouldMail[] {
    this.#takeArrivals();
    this.#passUntil(Number.POSITIVE_INFINITY);
    this.#db.close();
    return this.#mails;
  }

  #takeArrivals(): void {
    addArrivals(this.#db, this.#arrivals, { room, hostname: this.#policy.hostname });
    this.#arrivals = [];
    // In an hour whose mails are spent something worse may still go at once.
    if (waitingIn(this.#db).held !== null) this.#compose(this.#now + waitMilliseconds);
  }

  #passUntil(end: number): void {
    if (end - this.#passed < second) return;
    this.#passed = end;
    let due = Number.NEGATIVE_INFINITY;
    for (;;) {
      const { since, held } = waitingIn(this.#db);
      if (since === null) return;
      const wanted = held === null ? since + waitMilliseconds : held + oneHour;
      due = Math.max(wanted, due + second);
      if (due > end) return;
      this.#compose(due);
    }
  }

  #compose(at: number): void {
    composeDue(this.#db, at, this.#policy);
    for (const mail of mailsDue(this.#db, at)) {
      const { kind, subject, level, rule } = mail;
      this.#mails.push({ at, kind, subject, level, rule });
      noteSent(this.#db, mail, at);
      removeMail(this.#db, mail);
    }
  }
}
