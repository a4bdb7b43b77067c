import type { Alert } from "../core/alert.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { addAlertJson } from "./alert-json.ts";
import { type AlertId, addAlertRecord, type Noted } from "./alert-log.ts";
import { AppendFile } from "./append-file.ts";
import { openNoting } from "./noting.ts";

/** The alert log, in one of its forms or both. */
export interface AlertRecord {
  /**
   * Notes the alert and returns its id: the event's seconds since 1970, a dot, and the offset in alerts.log at which
   * its record begins. Where that pair was given before (a rotated log, a full disk, alerts that are not logged) the
   * number is the next free one. Nothing is on disk before `flush`.
   */
  record(alert: Alert): AlertId;
  /** Writes what was recorded, with one write a file. Call it before the positions in the logs are kept. Never throws. */
  flush(): void;
  /** Whether alerts.json is written too, from now on. When it cannot be, the log says so. Never throws. */
  configure(options: { readonly json: boolean }): void;
  close(): void;
}

export interface RecordOptions {
  readonly alertsLog: string;
  readonly alertsJson: string;
  /** This machine's short name, for events that do not say where they happened. */
  readonly hostname: string;
  readonly log: Log;
  /** Milliseconds since 1970; only used to look for a rotated file once a second. */
  readonly clock: () => number;
}

/** Opens alerts.log, and alerts.json unless told otherwise. Throws a Failure when one of them cannot be written. */
export function openRecord(options: RecordOptions, wanted = { json: true }): AlertRecord {
  const { log, clock } = options;
  const lines = new AppendFile(options.alertsLog, log, clock);
  const openJson = (isWanted: boolean) =>
    isWanted ? new AppendFile(options.alertsJson, log, clock) : undefined;
  let json = openJson(wanted.json);
  const numbering = new Numbering();
  const note = openNoting(options.hostname);

  const write = (noted: Noted) => {
    addAlertRecord(noted, lines.begin());
    lines.commit();
    if (!json) return;
    addAlertJson(noted, json.begin());
    json.commit();
  };

  return {
    record(alert) {
      const id = numbering.next(Math.floor(alert.event.at / 1000), lines.end);
      if (alert.log) write(note(alert, id));
      return id;
    },
    flush() {
      lines.flush();
      json?.flush();
    },
    configure({ json: isWanted }) {
      if (isWanted === (json !== undefined)) return;
      json?.close();
      json = undefined;
      try {
        json = openJson(isWanted);
      } catch (thrown) {
        log.error(reasonOf(thrown));
      }
    },
    close() {
      lines.close();
      json?.close();
    },
  };
}

/** Pairs of second and offset, never the same twice: a second that may have been used gets a number above all others. */
class Numbering {
  #latestSecond = Number.NEGATIVE_INFINITY;
  #highest = -1;
  #last = Number.NaN;
  #text = "";

  next(second: number, offset: number): AlertId {
    const free = second > this.#latestSecond ? offset : Math.max(offset, this.#highest + 1);
    this.#latestSecond = Math.max(this.#latestSecond, second);
    this.#highest = Math.max(this.#highest, free);
    if (second !== this.#last) this.#text = `${second}.`;
    this.#last = second;
    return { second: this.#text, number: free };
  }
}
