import { Failure } from "../../core/failure.ts";
import type { Run } from "../doctor/machine.ts";
import { mustRun, unsafe } from "./must-run.ts";
import { inside, type Order } from "./orders.ts";

/**
 * Takes up the addresses in the attacker's own network, and returns the hardware address of its end. Throws a `Failure` where there
 * is another device or another way out than to the server: a packet could go anywhere.
 */
export async function settle(
  run: Run,
  { server, mac, attackers }: Extract<Order, { verb: "settle" }>,
): Promise<string> {
  const ip = (...args: string[]) => mustRun(run, "ip", ...args);
  await assertAlone(run);
  await ip("link", "set", inside, "up");
  await ip("neighbor", "replace", server, "lladdr", mac, "dev", inside, "nud", "permanent");
  for (const attacker of attackers) await ip("address", "add", `${attacker}/32`, "dev", inside);
  await ip("route", "add", `${server}/32`, "dev", inside);
  await assertClosed(run, server);
  return macIn(await ip("-o", "link", "show", inside));
}

/** Before anything is changed: where systemd may not make a network, it goes on in that of the server. */
async function assertAlone(run: Run): Promise<void> {
  const links = (await mustRun(run, "ip", "-o", "link", "show")).trim().split("\n");
  // The kernel puts the devices of its old tunnels into each new network; they are down and lead nowhere.
  const others = links.filter((line) => !/ (?:lo|sk-self-in(?:@\S+)?): /.test(line) && isUp(line));
  if (others.length > 0) throw unsafe(`the attacker has other devices: ${others.join("; ")}`);
}

function isUp(line: string): boolean {
  return /<[^>]*\bUP\b[^>]*>/.test(line);
}

/** No packet of the attack leaves this machine. */
async function assertClosed(run: Run, server: string): Promise<void> {
  const routes = (await mustRun(run, "ip", "-4", "route", "show")).trim().split("\n");
  const [route = ""] = routes;
  if (routes.length !== 1 || !route.startsWith(`${server} dev ${inside} `)) {
    throw unsafe(`the attacker has another way out: ${routes.join("; ")}`);
  }
}

export function macIn(text: string): string {
  const [, mac] = /link\/ether (\S+)/.exec(text) ?? [];
  if (mac === undefined) throw new Failure(`no hardware address in "${text}"`, { exitCode: 69 });
  return mac;
}
