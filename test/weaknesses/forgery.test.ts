import { expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { Line } from "../../src/core/event.ts";
import { type Random, randomNumbers } from "../random.ts";
import { evilText } from "./evil.ts";
import { shippedJudge } from "./judge.ts";
import { type Client, linesOf, writers } from "./programs.ts";

/** Gateway, resolver, an admin, somebody's resolver, and a victim of IPv6. */
const victims = ["198.51.100.1", "198.51.100.53", "203.0.113.12", "8.8.8.8", "2001:db8:8::8"];
const tries = 10_000;
/** Enough of the same for every rule that counts. */
const repeated = 12;

test(`W14: of ${tries} tries to have somebody else blocked, by text in logs, none succeeds`, () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  process.stdout.write(`forgery: ${tries} tries, SEED=${seed}\n`);
  const random = randomNumbers(seed);
  const blockedBy = openBlocking();
  const found = new Set<string>();
  for (let at = 0; at < tries; at++) {
    const writer = writers[random(writers.length)] ?? raise();
    const client = clientOf(random, at % 80_000);
    for (const line of Array.from({ length: repeated }, () => linesOf(writer, client)).flat()) {
      for (const address of blockedBy(line)) {
        expect(address, `SEED=${seed}: ${writer.name}: ${line.text}`).toBe(client.peer);
        found.add(address);
      }
    }
  }
  // They are attackers after all, and many are found to be.
  expect(found.size).toBeGreaterThan(tries / 20);
});

/** Whom a line has blocked, by the shipped rules and settings. */
function openBlocking() {
  const { settings } = loadSettings("config/stockade.conf");
  const judge = shippedJudge();
  return (line: Line) => {
    const { alert } = judge.judge(line).verdict;
    return alert ? responsesTo(alert, settings.activeResponses).map(({ address }) => address) : [];
  };
}

function clientOf(random: Random, second: number): Client {
  const victim = victims[random(victims.length)] ?? raise();
  return {
    peer: `20.${random(200)}.${random(256)}.${1 + random(250)}`,
    evil: evilText(random, victim),
    host: random(2) === 0 ? "unknown" : `${victim.replaceAll(":", "-")}.in.example`,
    port: 1024 + random(60_000),
    second,
  };
}

function raise(): never {
  throw new Error("nothing to choose from");
}
