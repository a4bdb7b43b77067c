import { readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Failure, reasonOf } from "../../core/failure.ts";
import { type Run, runnerIn } from "../doctor/machine.ts";
import { guessPasswords, nmap } from "./attackers.ts";
import { type Answer, NumberedOrder, type Order, ownNetwork } from "./orders.ts";
import { probe } from "./probe.ts";
import { settle } from "./settle.ts";

/** Follows the orders of `input` until it ends, and answers each; then ends what still attacks. */
export async function attack(input: Readable, output: Writable, run: Run = runnerIn()) {
  const ending = new AbortController();
  // Whoever gave the orders is gone.
  output.on("error", () => ending.abort());
  for await (const line of createInterface({ input })) {
    const { number, order } = NumberedOrder.parse(JSON.parse(line));
    void answerTo(order, run, ending.signal).then((answer) =>
      output.write(`${JSON.stringify({ number, answer })}\n`),
    );
  }
  ending.abort();
}

async function answerTo(order: Order, run: Run, ending: AbortSignal): Promise<Answer> {
  try {
    return await follow(order, run, ending);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { ok: false, reason: reasonOf(thrown) };
  }
}

async function follow(order: Order, run: Run, ending: AbortSignal): Promise<Answer> {
  switch (order.verb) {
    case "look":
      return { ok: true, pid: process.pid, network: readlinkSync(ownNetwork) };
    case "settle":
      return { ok: true, mac: await settle(run, order) };
    case "probe":
      return { ok: true, reach: await probe(order, order.isAttack) };
    case "scan":
      await nmap(order, ending);
      return { ok: true };
    case "guess":
      await guessPasswords(order, ending);
      return { ok: true };
  }
}
