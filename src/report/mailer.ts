import { join } from "node:path";
import type { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import type { Log } from "../core/log.ts";
import { composeDue, waitMilliseconds } from "./compose.ts";
import { hourOf } from "./local-time.ts";
import { hurry, outgoingSchema, trafficIn } from "./outgoing.ts";
import { Post } from "./post.ts";
import { type Deliver, smtp } from "./smtp.ts";
import { openStore, type Store } from "./store.ts";
import { type Arrival, addArrivals, type Room, waitingIn, waitingSchema } from "./waiting.ts";
import { within } from "./within.ts";

type Global = Settings["global"];

/** Tells the admin by mail. Nothing here waits for the network but `tick` and `close`. */
export interface Mailer {
  /** Takes an alert that wants a mail. Cheap and synchronous; it is on the disk after `flush`, or a moment later. */
  notify(alert: Alert, id: string): void;
  /** Puts what was notified on the disk. Call it before the positions in the logs are kept. Never throws for a full disk. */
  flush(): void;
  /** Writes the mails that are due and hands them over. Call it every second; a call during another one joins it. */
  tick(): Promise<void>;
  /** A trigger for the digest; `tick` notices a passed hour by itself. */
  endOfHour(): Promise<void>;
  /** New settings: what could not be sent is tried again at once. */
  configure(global: Global): void;
  health(): MailHealth;
  /** Hands over what waits, for at most a few seconds, and keeps the rest for the next start. */
  close(): Promise<void>;
}

interface MailHealth {
  /** Alerts that are not in a mail yet, without those that are only counted. */
  readonly waiting: number;
  /** Mails that no server has taken yet. */
  readonly unsent: number;
  /** Mails of this clock hour's budget that are sent or on their way. */
  readonly spent: number;
  readonly lastSentAt: number | undefined;
  /** Why mail does not leave, or undefined when it does. */
  readonly problem: string | undefined;
}

/** Which machine this is. */
export interface Sender {
  /** Its short name. */
  readonly hostname: string;
  /** What tells it from all others, where there is that: for the head of each mail. */
  readonly server?: string | undefined;
}

export interface MailerOptions extends Sender {
  readonly global: Global;
  /** Folder for the outbox, `Paths.daemonState`. */
  readonly statePath: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How a letter reaches its server; by SMTP unless a test says otherwise. */
  readonly deliverBy?: (global: Global, hostname: string) => Deliver;
  readonly room?: Room;
  readonly closeMilliseconds?: number;
}

const closeMilliseconds = 4000;
const defaultRoom: Room = { alerts: 10_000, bytes: 16 << 20 };
const diskRetryMilliseconds = 60_000;

/** Opens the outbox `mail.db`. A damaged one is set aside; without a disk mail goes on from memory. */
export function openMailer(options: MailerOptions): Mailer {
  return new OutboxMailer(options);
}

class OutboxMailer implements Mailer {
  readonly #options: MailerOptions;
  readonly #store: Store;
  readonly #post: Post;
  #global: Global;
  #arrivals: Arrival[] = [];
  #running: Promise<void> | undefined;
  #diskTriedAt: number;
  #closed = false;

  constructor(options: MailerOptions) {
    this.#options = options;
    this.#global = options.global;
    this.#diskTriedAt = options.clock();
    this.#store = openStore({
      path: join(options.statePath, "mail.db"),
      schema: `${waitingSchema}; ${outgoingSchema}`,
      tables: ["notice", "tally", "mail", "sent"],
      version: 1,
      log: options.log,
    });
    this.#post = new Post(this.#store, options.log, options.clock, options.server);
  }

  notify(alert: Alert, id: string): void {
    if (!this.#global.emailNotification || this.#closed) return;
    this.#arrivals.push({ alert, id, noticed: this.#options.clock() });
    // For a caller that does not flush: the rest of this turn shares one transaction.
    if (this.#arrivals.length === 1) queueMicrotask(() => this.flush());
  }

  flush(): void {
    if (this.#arrivals.length === 0 || this.#closed) return;
    const { room = defaultRoom, hostname } = this.#options;
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    this.#store.change((db) => addArrivals(db, arrivals, { room, hostname }));
  }

  tick(): Promise<void> {
    return this.#work(waitMilliseconds);
  }

  endOfHour(): Promise<void> {
    return this.tick();
  }

  configure(global: Global): void {
    this.#global = global;
    this.#post.retryNow();
    this.#store.change((db) => hurry(db, this.#options.clock()));
  }

  health(): MailHealth {
    const hour = hourOf(this.#options.clock());
    const { unsent, spent } = this.#store.change((db) => trafficIn(db, hour));
    const waiting = this.#store.change(waitingIn).alerts + this.#arrivals.length;
    const { lastSentAt, problem } = this.#post;
    return { waiting, unsent, spent, lastSentAt, problem };
  }

  async close(): Promise<void> {
    const rest = async () => {
      await this.#running;
      await this.#work(0);
    };
    await within(rest(), this.#options.closeMilliseconds ?? closeMilliseconds);
    this.flush();
    this.#closed = true;
    this.#post.stop();
    this.#store.close();
  }

  /** One at a time: a call during another one gets that one's promise. */
  #work(wait: number): Promise<void> {
    this.#running ??= this.#round(wait).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #round(wait: number): Promise<void> {
    this.flush();
    if (!this.#global.emailNotification || this.#closed) return;
    const { hostname, clock, deliverBy = smtp } = this.#options;
    this.#lookForTheDisk(clock());
    const policy = { hostname, maxPerHour: this.#global.emailMaxPerHour, waitMilliseconds: wait };
    // While there is no server alerts gather, so that its return brings one mail and not one for each failure.
    if (this.#post.reachable) this.#store.change((db) => composeDue(db, clock(), policy));
    await this.#post.send(this.#global, deliverBy(this.#global, hostname));
  }

  #lookForTheDisk(now: number): void {
    if (Math.abs(now - this.#diskTriedAt) < diskRetryMilliseconds) return;
    this.#diskTriedAt = now;
    this.#store.returnToDisk();
  }
}
