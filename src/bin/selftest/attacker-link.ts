import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { bundle } from "../place.ts";
import { type Answer, NumberedAnswer, type Order } from "./orders.ts";

/** The process that attacks, in a network of its own. It ends when this connection does, and so does its network. */
export interface Attacker {
  /** Once it has ended, all it is asked is answered by a refusal. */
  ask(order: Order): Promise<Answer>;
  close(): Promise<void>;
}

/** systemd starts it, shut in, for whoever connects to `socket`; where nobody listens there, it is a process of ours. */
export async function callAttacker(socket: string): Promise<Attacker> {
  return (await connected(socket)) ?? spawned();
}

async function connected(path: string): Promise<Attacker | undefined> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch {
    // No systemd, or its socket is not there.
    return undefined;
  }
  const why = "the attacker ended: journalctl -t stockade-attacker";
  return openLink(socket, socket, async () => why);
}

function spawned(): Attacker {
  const command = ["--net", "--", process.execPath, bundle("stockade"), "attacker"];
  const child = execa("unshare", command, { reject: false, buffer: { stdout: false } });
  const why = child.then(({ stderr, shortMessage }) => stderr.trim() || shortMessage);
  return openLink(child.stdout, child.stdin, async () => (await why) ?? "the attacker ended");
}

function openLink(input: Readable, output: Writable, why: () => Promise<string>): Attacker {
  const waiting = new Map<number, (answer: Answer | Promise<Answer>) => void>();
  let last = 0;
  let isOver = false;
  const refusal = async () => ({ ok: false, reason: await why() }) as const;
  const lines = createInterface({ input });
  lines.on("line", (line) => {
    const { number, answer } = NumberedAnswer.parse(JSON.parse(line));
    waiting.get(number)?.(answer);
    waiting.delete(number);
  });
  const over = once(lines, "close").then(() => {
    isOver = true;
    for (const resolve of waiting.values()) resolve(refusal());
  });
  for (const stream of [input, output]) stream.on("error", () => lines.close());
  return {
    ask(order) {
      if (isOver) return refusal();
      last += 1;
      const number = last;
      output.write(`${JSON.stringify({ number, order })}\n`);
      return new Promise((resolve) => waiting.set(number, resolve));
    },
    async close() {
      output.end();
      await over;
    },
  };
}
