import { expect, test } from "vitest";
import { probe } from "./attacks.ts";
import { addresses, on } from "./hosts.ts";
import { actionsOn, alerts, untilBoth } from "./records.ts";
import { stage } from "./until.ts";

/** The gateway, resolvers of others, the admin, and the server itself. */
const victims = ["198.51.100.1", "8.8.8.8", "9.9.9.9", addresses.client, addresses.server];
/** To each port. */
const packets = 150;

interface Kind {
  readonly ports: readonly number[];
  /** For nping(1). */
  readonly options: readonly string[];
}

/** Each sets off signatures that ask for no handshake, or looks like an attack within one. */
const kinds: readonly Kind[] = [
  { ports: [3306, 1433, 5432, 1521, 5900, 22, 80], options: ["--tcp", "--flags", "syn"] },
  { ports: [80], options: ["--tcp", "--flags", "psh,ack", "--data-string", webAttack()] },
  { ports: [80], options: ["--tcp", "--flags", "fin,psh,urg"] },
  {
    ports: [53, 161, 1900, 5060],
    options: ["--udp", "--data-string", "sipvicious public /etc/passwd"],
  },
  { ports: [], options: ["--icmp", "--data-string", "uid=0(root) gid=0(root)"] },
];

/** W14, on the wire: an address is not proved by a packet. */
export function forgeryClaims(): void {
  const perVictim = kinds.reduce((sum, { ports }) => sum + packets * Math.max(1, ports.length), 0);
  const tries = victims.length * perVictim;
  test(`W14: ${tries} packets under others' addresses block none of them`, async () => {
    await stage("forged packets", async () => {
      for (const victim of victims) {
        await Promise.all(kinds.map((kind, index) => send(victim, kind, index)));
      }
    });
    // What comes after them is answered with a block: so they have been judged.
    await probe(addresses.forger);
    await stage("probe → block", () => untilBoth("add", addresses.forger, 60));
    const about = (await alerts()).filter((text) => text.includes("8.8.8.8"));
    process.stdout.write(`${about.length} alerts about 8.8.8.8, who sent nothing\n`);
    // So they have been seen.
    expect(about.length).toBeGreaterThan(0);
    for (const victim of victims) expect(await actionsOn(victim), victim).toEqual([]);
    expect(await on("server", "stockade", "bans")).not.toMatch(/8\.8\.8\.8|9\.9\.9\.9/);
  });
}

async function send(victim: string, { ports, options }: Kind, index: number): Promise<void> {
  const pace = ["--count", `${packets}`, "--rate", "1000", "--quiet", "--hide-sent"];
  const to = ports.length === 0 ? [] : ["-p", ports.join(","), "-g", `${20_000 + index}`];
  const from = ["--send-ip", "--source-ip", victim];
  await on("attacker", "nping", ...options, ...from, ...to, ...pace, addresses.server);
}

function webAttack(): string {
  return "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine)\r\n\r\n";
}
