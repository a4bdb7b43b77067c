import { connect } from "node:net";
import type { Reach, Target } from "./orders.ts";

const patienceMilliseconds = 1500;
const lingerMilliseconds = 300;
/** What nmap's script ssh-hostkey says first; Suricata knows it by the signature 9000001, which is always loaded. */
const nmapGreeting = "SSH-2.0-Nmap-SSH2-Hostkey\r\n";

/** Connects, and says hello as nmap does where that is asked for. */
export async function probe(target: Target, isAttack: boolean): Promise<Reach> {
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
