/*
 * Judges made-up lines of sshd from many addresses in a process of its own: node --expose-gc judge-sources.ts
 * stock|shipped [LINES] [SOURCES]. Half of the lines come from a hundredth of the sources, 2,000 lines a second by their
 * times. Prints the memory of the process at each fifth of the way: all that it has, and what of its heap is in use.
 */
import { judgeBy } from "./judges.ts";

const [rules = "shipped", lines = "5000000", sources = "100000"] = process.argv.slice(2);
const { judge } = judgeBy(rules);
const start = Date.UTC(2026, 0, 1);
const step = Number(lines) / 5;
let seed = 42;
let alerts = 0;
report(0);
for (let number = 1; number <= Number(lines); number++) {
  const receivedAt = start + number / 2;
  const location = "/var/log/auth.log";
  if (judge({ text: lineAt(receivedAt), format: "syslog", location, receivedAt }).verdict.alert) {
    alerts += 1;
  }
  if (number % step === 0) report(number);
}

function lineAt(at: number): string {
  const isBusy = random(2) === 0;
  const source = random(Number(sources) / (isBusy ? 100 : 1));
  const address = `198.${18 + (source >> 16)}.${(source >> 8) & 255}.${source & 255}`;
  const user = `user${random(5000)}`;
  const messages = [
    `Failed password for ${user} from ${address} port ${40_000 + random(20_000)} ssh2`,
    `Failed password for invalid user ${user} from ${address} port ${40_000 + random(20_000)} ssh2`,
    `Invalid user ${user} from ${address} port ${40_000 + random(20_000)}`,
    `Disconnected from authenticating user ${user} ${address} port 5 [preauth]`,
  ];
  const text = `${new Date(at).toISOString()} web1 sshd[${random(30_000)}]: ${messages[random(4)]}`;
  // As they are read: each on its own, not put together of parts.
  return Buffer.from(text).toString("latin1");
}

function random(most: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return (seed >> 8) % most;
}

function report(number: number): void {
  const { rss } = process.memoryUsage();
  globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  const millions = (number / 1e6).toFixed(1);
  console.log(
    `${rules} rules, ${sources} sources, ${millions} million lines: ${megabytes(rss)} MB resident, ` +
      `${megabytes(heapUsed)} MB of heap in use, ${alerts} alerts`,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
