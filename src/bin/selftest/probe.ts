import { connect } from "node:net";
import { execa } from "execa";
import { z } from "zod";
import { bundle } from "../place.ts";
import type { Arena } from "./arena.ts";

const Reach = z.enum(["open", "refused", "silent"]);
/** What comes of a connection. `silent`: no answer at all, as where packets are dropped. */
export type Reach = z.infer<typeof Reach>;

const patienceMilliseconds = 1500;
const lingerMilliseconds = 300;
/** What nmap's script ssh-hostkey says first; Suricata knows it by the signature 9000001, which is always loaded. */
const nmapGreeting = "SSH-2.0-Nmap-SSH2-Hostkey\r\n";

interface Target {
  readonly from: string;
  readonly address: string;
  readonly port: number;
}

/** Connects, in this process, and says hello as nmap does where that is asked for. */
export async function connectOnce(target: Target, isAttack: boolean): Promise<Reach> {
  const { from, address, port } = target;
  const socket = connect({ host: address, port, localAddress: from });
  const outcome = await new Promise<Reach>((resolve) => {
    const timer = setTimeout(() => resolve("silent"), patienceMilliseconds);
    socket.once("connect", () => resolve("open"));
    socket.once("error", ({ message }) =>
      resolve(/ECONNREFUSED/.test(message) ? "refused" : "silent"),
    );
    socket.once("close", () => clearTimeout(timer));
  });
  if (outcome === "open" && isAttack) {
    socket.on("error", () => undefined).write(nmapGreeting);
    await new Promise((resolve) => setTimeout(resolve, lingerMilliseconds));
  }
  socket.destroy();
  return outcome;
}

/** The same from within the arena: a process of its own, because a process has one network. */
export async function probe(arena: Arena, target: Target, isAttack: boolean): Promise<Reach> {
  const { from, address, port } = target;
  const [program, ...args] = arena.enter;
  const ours = [process.execPath, bundle("stockade"), "probe", from, address, `${port}`];
  const ran = await execa(program, [...args, ...ours, ...(isAttack ? ["--attack"] : [])], {
    reject: false,
    timeout: 10_000,
    stdin: "ignore",
  });
  return Reach.catch("silent").parse(ran.stdout.trim());
}
