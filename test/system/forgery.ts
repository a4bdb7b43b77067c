import { expect, test } from "vitest";
import { probe } from "./attacks.ts";
import { addresses, on } from "./hosts.ts";
import { actionsOn, alerts, untilBoth } from "./records.ts";
import { stage } from "./until.ts";

/** The gateway, an address the server resolves names by or could, the admin, and an address of the server's own. */
const victims = ["198.51.100.1", "8.8.8.8", "9.9.9.9", addresses.client, addresses.server];
const perKind = 420;

/** What nping(1) is to send: each sets off signatures that ask for no handshake, or looks like an attack within one. */
const kinds = [
  ["--tcp", "--flags", "syn", "-p", "3306,1433,5432,1521,5900,22,80"],
  ["--tcp", "--flags", "psh,ack", "-p", "80", "--data-string", webAttack()],
  ["--tcp", "--flags", "fin,psh,urg", "-p", "80"],
  ["--udp", "-p", "53,161,1900,5060", "--data-string", "sipvicious public /etc/passwd"],
  ["--icmp", "--data-string", "uid=0(root) gid=0(root)"],
] as const;

/** W14, on the wire: an address is not proved by a packet. */
export function forgeryClaims(): void {
  const tries = victims.length * kinds.length * perKind;
  test(`W14: ${tries} packets under others' addresses block none of them`, async () => {
    await stage("forged packets", async () => {
      for (const victim of victims) {
        await Promise.all(kinds.map((kind, index) => send(victim, kind, index)));
      }
    });
    // What comes after them is answered with a block: so they have been judged.
    await probe(addresses.formGuesser);
    await stage("probe → block", () => untilBoth("add", addresses.formGuesser, 60));
    const about = (await alerts()).filter((text) => text.includes("8.8.8.8"));
    process.stdout.write(`${about.length} alerts about 8.8.8.8, who sent nothing\n`);
    // So they have been seen.
    expect(about.length).toBeGreaterThan(0);
    for (const victim of victims) expect(await actionsOn(victim), victim).toEqual([]);
    expect(await on("server", "stockade", "bans")).not.toMatch(/8\.8\.8\.8|9\.9\.9\.9/);
  });
}

async function send(victim: string, kind: readonly string[], index: number): Promise<void> {
  const pace = ["--count", `${perKind}`, "--rate", "600", "--quiet", "--hide-sent"];
  const from = ["--send-ip", "--source-ip", victim, "--source-port", `${20_000 + index}`];
  const options = kind.includes("--icmp") ? from.slice(0, 3) : from;
  await on("attacker", "nping", ...kind, ...options, ...pace, addresses.server);
}

function webAttack(): string {
  return "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine)\r\n\r\n";
}
