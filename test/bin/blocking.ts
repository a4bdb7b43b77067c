import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlocker } from "../../src/bin/blocker.ts";
import { openEvidence } from "../../src/bin/evidence/store.ts";
import { Settings } from "../../src/config/settings.ts";
import type { Alert } from "../../src/core/alert.ts";
import type { Reply } from "../../src/core/block.ts";
import type { Event } from "../../src/core/event.ts";
import type { Answer, Order } from "../../src/core/order.ts";
import type { Responder } from "../../src/respond/client.ts";
import type { Executor } from "../../src/respond/client-execute.ts";
import { eventAt } from "../analyse/build.ts";

type Question = Parameters<Responder["ask"]>[0];

/** A daemon's blocker on a clock of its own: what it asks of the responder, and what it says. */
export async function openBench(
  given: object = {},
  folder = mkdtempSync(join(tmpdir(), "stockade-blocking-")),
  answers: { responder?: Reply; executor?: Answer } = {},
) {
  const shown: string[] = [];
  const asked: Question[] = [];
  const said: string[] = [];
  const warned: string[] = [];
  const time = { now: 1_800_000_000_000 };
  const responder: Responder = {
    ask: async (question): Promise<Reply> => {
      asked.push(question);
      return answers.responder ?? { request: 1, ok: true, blocks: [] };
    },
    health: () => ({ connected: true, waiting: 0, dropped: 0 }),
    close: () => {},
  };
  const log = {
    info: () => {},
    warn: (text: string) => warned.push(text),
    error: (text: string) => warned.push(text),
  };
  const settings = Settings.parse({
    activeResponses: [{ response: "firewall-drop", level: 9, seconds: 600 }],
    ...given,
  });
  const evidence = openEvidence({
    statePath: folder,
    log,
    clock: () => time.now,
    countsOf: () => undefined,
  });
  const orders: Order[] = [];
  const executor: Executor = {
    order: async (order) => {
      orders.push(order);
      return answers.executor ?? { ok: true, done: [] };
    },
  };
  const blocker = openBlocker({
    responder,
    executor,
    say: (text, evidence = []) => {
      said.push(text);
      shown.push(...evidence);
    },
    evidence,
    statePath: folder,
    rearmFile: join(folder, "rearm.json"),
    paths: {
      allowed: join(folder, "allowed.json"),
      observing: join(folder, "observing.json"),
      root: folder,
    },
    log,
    clock: () => time.now,
  });
  await blocker.refresh(settings);
  /** An alert of a rule about an address, now. */
  const alarm = (address: string, rule = 5712, level = 10) =>
    blocker.consider({
      alert: alertOf(address, time.now, rule, level),
      id: "1800000000.1",
      place: 42,
    });
  const consider = (event: Partial<Event>, rule = 5712, level = 10) => {
    const alert = alertOf("192.0.2.7", time.now, rule, level);
    const of = { ...alert, event: { ...alert.event, ...event } };
    blocker.consider({ alert: of, id: "1800000000.1", place: 42 });
  };
  const verbs = (verb: Question["verb"]) =>
    asked.flatMap((one) => (one.verb === verb && "address" in one ? [one.address] : []));
  return {
    blocker,
    evidence,
    alarm,
    consider,
    orders,
    asked,
    verbs,
    said,
    shown,
    warned,
    time,
    folder,
  };
}

function alertOf(address: string, at: number, rule = 5712, level = 10): Alert {
  return {
    rule: { id: rule, level, description: "d", groups: ["sshd"] },
    event: eventAt(at / 1000, address),
    previous: [],
    log: true,
    mail: true,
    mayBlock: true,
  };
}
