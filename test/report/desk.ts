import { hourOf } from "../../src/report/local-time.ts";
import { type MailerOptions, openMailer } from "../../src/report/mailer.ts";
import type { Deliver, Delivery, Envelope } from "../../src/report/smtp.ts";
import { alertOf, remembering, type Sketch, tenOClock } from "./alerts.ts";

export const settings: MailerOptions["global"] = {
  ossecCompatible: false,
  jsonOutput: true,
  memorySize: 8192,
  emailNotification: true,
  emailTo: ["name@example.com"],
  emailFrom: "stockade@mail.example.com",
  smtpServer: "localhost",
  emailMaxPerHour: 6,
  whiteList: [],
  homeNets: [],
  signatures: [],
};

interface Sent extends Envelope {
  readonly at: number;
  readonly subject: string;
  readonly head: string;
  readonly text: string;
}

/** A mailer with a clock of its own and a server that answers what the test says. */
export function desk(statePath: string, options: Partial<MailerOptions> = {}) {
  const sent: Sent[] = [];
  const log = remembering();
  const state = { now: hourOf(tenOClock), answer: takeAll };
  const deliver: Deliver = async (envelope) => {
    const delivery = state.answer(envelope);
    if (delivery.reached && delivery.taken.length > 0) sent.push(opened(envelope, state.now));
    return delivery;
  };
  const open = () =>
    openMailer({
      global: settings,
      hostname: "web1",
      statePath,
      log,
      clock: () => state.now,
      deliverBy: () => deliver,
      ...options,
    });
  let mailer = open();
  let number = 0;
  return {
    sent,
    log,
    state,
    mailer: () => mailer,
    notify(sketch: Sketch = {}) {
      mailer.notify(alertOf({ level: 9, at: state.now, ...sketch }), `1763770000.${number++}`);
    },
    /** Lets so many seconds pass, with a tick in each. */
    async pass(seconds: number) {
      for (let n = 0; n < seconds; n++) {
        state.now += 1000;
        await mailer.tick();
      }
    },
    /** A new process with the old state. */
    restart() {
      mailer = open();
    },
  };
}

export function takeAll({ to }: Envelope): Delivery {
  return { reached: true, taken: to, refused: [] };
}

export const unreachable = (): Delivery => ({ reached: false, reason: "connect ECONNREFUSED" });

function opened(envelope: Envelope, at: number): Sent {
  const end = envelope.letter.indexOf("\r\n\r\n");
  const head = envelope.letter.slice(0, end);
  const text = envelope.letter.slice(end + 4).replaceAll("\r\n", "\n");
  return { ...envelope, at, head, text, subject: /^Subject: (.*)$/m.exec(head)?.[1] ?? "" };
}

/** How many alerts the mails account for: those in full and those that are counted. */
export function accountedFor(texts: readonly string[]): number {
  return texts.reduce((sum, text) => {
    const digest = /^(\d+) alerts had no mail of their own/m.exec(text);
    if (digest) return sum + Number(digest[1]);
    const full = text.match(/^ --END OF NOTIFICATION$/gm)?.length ?? 0;
    return sum + full + Number(/^And (\d+) more alerts/m.exec(text)?.[1] ?? 0);
  }, 0);
}
