import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openScratch, type Scratch, until } from "../cli/scratch.ts";

const trials = 40;
const server = "sk-bench-server";
const attacker = "sk-bench-attacker";
const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");

/** From a line written to the packet dropped: two hosts in network namespaces, the real daemon, ipset and iptables. */
export async function latency(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/sbin/ipset")) {
    console.log("latency NOT measured: needs root, and apt-get install iproute2 iptables ipset");
    return;
  }
  const scratch = openScratch();
  try {
    network();
    report(await measure(scratch));
  } finally {
    for (const name of [server, attacker]) spawnSync("ip", ["netns", "del", name]);
    await scratch.remove();
  }
}

function network(): void {
  const ip = (...args: string[]) => {
    const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  };
  for (const name of [server, attacker]) ip("netns", "add", name);
  ip(
    "link",
    "add",
    "sk-b0",
    "netns",
    server,
    "type",
    "veth",
    "peer",
    "name",
    "sk-b1",
    "netns",
    attacker,
  );
  ip("-n", server, "addr", "add", "198.51.100.44/24", "dev", "sk-b0");
  ip("-n", server, "link", "set", "sk-b0", "up");
  ip("-n", server, "link", "set", "lo", "up");
  ip("-n", attacker, "link", "set", "sk-b1", "up");
  for (let host = 1; host <= trials; host++) {
    ip("-n", attacker, "addr", "add", `198.51.100.${100 + host}/24`, "dev", "sk-b1");
  }
}

async function measure(scratch: Scratch): Promise<number[]> {
  scratch.settings(
    "<active-response><command>firewall-drop</command><level>9</level><timeout>300</timeout></active-response>",
  );
  writeFileSync(scratch.log, "");
  await scratch.cli(["config", "compile"]);
  const inside = (name: string, program: string, args: string[]) =>
    spawn("ip", ["netns", "exec", name, node, program, ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
  const peer = join(import.meta.dirname, "fixtures/packets.ts");
  const arrivals = join(scratch.root, "arrivals");
  const running = [
    ...["stockade-respond", "stockaded"].map((name) =>
      inside(server, join(repository, `dist/${name}.mjs`), ["--root", scratch.root]),
    ),
    inside(server, peer, ["receive", arrivals]),
    inside(attacker, peer, ["send", `${trials}`]),
  ];
  try {
    await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
    await until(
      () => existsSync(join(scratch.root, "run/stockade/daemon/status.json")),
      "the daemon",
    );
    await until(() => existsSync(arrivals), "packets");
    await sleep(1000);
    return await attack(scratch, arrivals);
  } finally {
    for (const child of running) child.kill("SIGKILL");
  }
}

/** One source after the other: eight failures written at once, then its last packet is waited for. */
async function attack(scratch: Scratch, arrivals: string): Promise<number[]> {
  const results: number[] = [];
  for (let host = 1; host <= trials; host++) {
    const address = `198.51.100.${100 + host}`;
    const line = `${new Date().toISOString()} web1 sshd[1]: Failed password for root from ${address} port 1 ssh2\n`;
    const written = Date.now();
    appendFileSync(scratch.log, line.repeat(8));
    await sleep(400);
    const seen: Record<string, number> = JSON.parse(readFileSync(arrivals, "utf8"));
    results.push((seen[address] ?? Number.NaN) - written);
  }
  return results;
}

function report(milliseconds: number[]): void {
  const blocked = milliseconds.filter((value) => value < 300).sort((a, b) => a - b);
  const at = (share: number) =>
    blocked[Math.min(blocked.length - 1, Math.floor(share * blocked.length))];
  console.log(
    `line written to packet dropped: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${blocked.length} of ${milliseconds.length} dropped; OSSEC: median 860 ms`,
  );
}
