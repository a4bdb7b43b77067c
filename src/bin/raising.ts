import type { Alert } from "../core/alert.ts";
import type { Line } from "../core/event.ts";
import { idText } from "../report/alert-log.ts";
import type { Mailer } from "../report/mailer.ts";
import type { AlertRecord } from "../report/record.ts";
import type { Blocker } from "./blocker.ts";
import { openCompromise } from "./compromise.ts";

interface RaisingOptions {
  readonly record: AlertRecord;
  readonly mailer: Mailer;
  readonly blocker: Blocker;
  /** Takes a message of our own that follows from an alert. */
  readonly note: (text: string) => void;
}

/** Where an alert goes: to the record, to what blocks, to the mail. */
export interface Raising {
  /** `evidence` are lines that show it, in place of those that were counted. */
  raise(alert: Alert, line: Line, evidence: readonly string[]): void;
  readonly counts: { readonly alerts: number; readonly mails: number };
}

export function openRaising({ record, mailer, blocker, note }: RaisingOptions): Raising {
  const counts = { alerts: 0, mails: 0 };
  const compromiseIn = openCompromise();
  return {
    counts,
    raise(judged, { place }, told) {
      const evidence = told.length > 0 ? told : (judged.event.evidence ?? []);
      const alert = evidence.length === 0 ? judged : { ...judged, previous: evidence };
      counts.alerts += 1;
      const id = idText(record.record(alert));
      blocker.consider({ alert, id, place });
      if (alert.mail) {
        counts.mails += 1;
        mailer.notify(alert, id);
      }
      const compromise = compromiseIn(alert);
      if (compromise !== undefined) note(compromise);
    },
  };
}
