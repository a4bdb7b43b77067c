import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openScratch, type Scratch, until } from "../cli/scratch.ts";

const tries = 200;
const server = "sk-bench-server";
const attacker = "sk-bench-attacker";
const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");

/** A program that blocks whom a log names, and how long to wait for its block. */
interface Blocker {
  readonly name: string;
  readonly holdMilliseconds: number;
  readonly spacing: number;
  start(scratch: Scratch): Promise<ChildProcess[]>;
}

/**
 * From a line written to the packet dropped: two hosts in network namespaces, the real programs, ipset and iptables; the same lines for
 * Stockade and for fail2ban, one after the other.
 */
export async function latency(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/sbin/ipset")) {
    console.log("latency NOT measured: needs root, and apt-get install iproute2 iptables ipset");
    return;
  }
  const medians: number[] = [];
  for (const blocker of [stockade, fail2ban]) {
    if (blocker === fail2ban && !existsSync("/usr/bin/fail2ban-server")) {
      console.log("fail2ban NOT measured: apt-get install fail2ban");
      continue;
    }
    medians.push(await measured(blocker));
  }
  const [ours = 0, theirs] = medians;
  if (theirs !== undefined)
    console.log(`fail2ban's median is ${(theirs / ours).toFixed(0)} times ours; OSSEC's is 860 ms`);
}

/** Returns the median. */
async function measured(blocker: Blocker): Promise<number> {
  const scratch = openScratch();
  try {
    network();
    return report(blocker, await measure(blocker, scratch));
  } finally {
    for (const name of [server, attacker]) spawnSync("ip", ["netns", "del", name]);
    await scratch.remove();
  }
}

function ip(line: string): void {
  const { status, stderr } = spawnSync("ip", line.split(" "), { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${line}: ${stderr}`);
}

/** Each attacker in a network of his own, as attackers are. */
function network(): void {
  for (const name of [server, attacker]) ip(`netns add ${name}`);
  ip(`link add sk-b0 netns ${server} type veth peer name sk-b1 netns ${attacker}`);
  ip(`-n ${server} addr add 198.51.100.44/24 dev sk-b0`);
  ip(`-n ${server} link set sk-b0 up`);
  ip(`-n ${server} link set lo up`);
  ip(`-n ${server} route add 10.0.0.0/8 dev sk-b0`);
  ip(`-n ${attacker} addr add 198.51.100.1/24 dev sk-b1`);
  ip(`-n ${attacker} link set sk-b1 up`);
  for (let n = 1; n <= tries; n++) ip(`-n ${attacker} addr add 10.${n}.0.1/32 dev sk-b1`);
}

function inside(name: string, ...command: string[]): ChildProcess {
  return spawn("ip", ["netns", "exec", name, ...command], { stdio: "ignore" });
}

async function measure(blocker: Blocker, scratch: Scratch): Promise<number[]> {
  const peer = join(import.meta.dirname, "fixtures/packets.ts");
  const arrivals = join(scratch.root, "arrivals");
  writeFileSync(scratch.log, "");
  const running = [
    ...(await blocker.start(scratch)),
    inside(server, node, peer, "receive", arrivals),
  ];
  const { spacing, holdMilliseconds } = blocker;
  const begin = Date.now() + 3000;
  const schedule = [begin, tries, spacing, holdMilliseconds].map(String);
  running.push(inside(attacker, node, peer, "send", ...schedule));
  try {
    for (let n = 1; n <= tries; n++) {
      await sleep(Math.max(0, begin + n * spacing - Date.now()));
      appendFileSync(scratch.log, failures(`10.${n}.0.1`));
    }
    await sleep(holdMilliseconds + 500);
    const seen: Record<string, number> = JSON.parse(readFileSync(arrivals, "utf8"));
    return Array.from(
      { length: tries },
      (_, index) => (seen[`10.${index + 1}.0.1`] ?? Number.NaN) - (begin + (index + 1) * spacing),
    );
  } finally {
    for (const child of running) child.kill("SIGKILL");
  }
}

/** As many as either of them wants, written at once. */
function failures(address: string): string {
  return `${new Date().toISOString()} web1 sshd[1]: Failed password for root from ${address} port 1 ssh2\n`.repeat(
    8,
  );
}

const stockade: Blocker = {
  name: "Stockade",
  holdMilliseconds: 1000,
  spacing: 200,
  async start(scratch) {
    scratch.settings(
      "<active-response><command>firewall-drop</command><level>9</level><timeout>300</timeout></active-response>",
    );
    await scratch.cli(["config", "compile"]);
    const running = ["stockade-respond", "stockaded"].map((name) =>
      inside(server, node, join(repository, `dist/${name}.mjs`), "--root", scratch.root),
    );
    await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
    const status = join(scratch.root, "run/stockade/daemon/status.json");
    await until(() => existsSync(status), "the daemon");
    // It opens what it judges by within ten seconds, and begins with what is asked for.
    await sleep(10_000);
    return running;
  },
};

const fail2ban: Blocker = {
  name: "fail2ban",
  holdMilliseconds: 5000,
  spacing: 200,
  async start({ root, log }) {
    const folder = join(root, "fail2ban");
    mkdirSync(folder);
    for (const name of ["action.d", "filter.d"])
      symlinkSync(`/etc/fail2ban/${name}`, join(folder, name));
    // Its memory of bans is the machine's own, and not to be touched.
    writeFileSync(join(folder, "fail2ban.conf"), "[Definition]\nloglevel = INFO\ndbfile = None\n");
    const action = 'iptables-ipset-proto6-allports[name=bench, protocol="all", chain="INPUT"]';
    const jail = `[bench]\nenabled = true\nfilter = sshd\nbackend = auto\nlogpath = ${log}\nbantime = 600\naction = ${action}\n`;
    writeFileSync(join(folder, "jail.conf"), jail);
    const options = ["-c", folder, "-s", `${folder}/socket`, "-p", `${folder}/pid`];
    const running = inside(
      server,
      ...["fail2ban-server", "-f", ...options, "--logtarget", `${folder}/said`],
    );
    const isUp = () =>
      spawnSync("/usr/bin/fail2ban-client", [...options, "status", "bench"]).status === 0;
    await until(async () => isUp(), "fail2ban", 20);
    return [running];
  },
};

function report({ name, holdMilliseconds }: Blocker, milliseconds: number[]): number {
  const blocked = milliseconds.filter((value) => value < holdMilliseconds - 50);
  const sorted = blocked.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  console.log(
    `${name}: line written to packet dropped: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${sorted.length} of ${tries} dropped`,
  );
  return Math.max(1, at(0.5) ?? Number.NaN);
}
