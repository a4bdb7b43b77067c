import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";
import { connectResponder, type Responder } from "../../src/respond/client.ts";
import { openScratch, type Scratch, until } from "../cli/scratch.ts";
import { blockOf } from "../respond/machine.ts";

const server = "sk-blocks-server";
const sender = "sk-blocks-sender";
const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");
const packets = 200_000;
const bans = 200;

/** Thousands of blocks: how fast they are placed, what they cost in memory and for each packet, and the same by fail2ban. */
export async function blocks(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/sbin/ipset")) {
    console.log("blocks NOT measured: needs root, and apt-get install iproute2 iptables ipset");
    return;
  }
  const scratch = openScratch();
  let responder: ChildProcess | undefined;
  try {
    network();
    const bare = perPacket();
    await scratch.cli(["config", "compile"]);
    responder = inServer(
      node,
      ...nodeFlags["stockade-respond"],
      join(repository, "dist/stockade-respond.mjs"),
      "--root",
      scratch.root,
    );
    await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
    const rate = await place(scratch, responder.pid ?? 0, bare);
    await fail2ban(scratch, rate);
  } finally {
    responder?.kill("SIGKILL");
    for (const name of [server, sender]) spawnSync("ip", ["netns", "del", name]);
    await scratch.remove();
  }
}

/** Returns blocks per second. */
async function place(scratch: Scratch, pid: number, bare: number): Promise<number> {
  const silent = { info: () => undefined, warn: console.log, error: console.log };
  const responder = connectResponder(join(scratch.root, "run/stockade/respond.sock"), silent);
  const without = perPacket();
  const took = await ask(responder, 0);
  console.log(`20,000 blocks at once through the socket: ${took.toFixed(0)} ms; the aim is 1000`);
  for (let from = 20_000; from < 100_000; from += 20_000) await ask(responder, from);
  await sleep(2000);
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kilobytes = Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]);
  console.log(`100,000 blocks resident: the responder has ${(kilobytes / 1024).toFixed(1)} MB PSS`);
  const found = spawnSync("ip", ["netns", "exec", server, "ipset", "-t", "list", "stockade4"]);
  const members = /Number of entries: (\d+)/.exec(String(found.stdout))?.[1];
  const size = /Size in memory: (\d+)/.exec(String(found.stdout))?.[1];
  console.log(`the kernel's set has ${members} members in ${(Number(size) / 1e6).toFixed(1)} MB`);
  const full = perPacket();
  console.log(
    `a packet sent and received: ${bare} ns without Stockade, ${without} ns with 0 blocks, ${full} ns with 100,000: ${(full / without).toFixed(2)} times`,
  );
  responder.close();
  return 20_000 / (took / 1000);
}

async function ask(responder: Responder, from: number): Promise<number> {
  const begin = performance.now();
  const replies = Array.from({ length: 20_000 }, (_, n) => {
    const at = from + n;
    return responder.ask(
      blockOf(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, { seconds: 3000 }),
    );
  });
  const refused = (await Promise.all(replies)).filter(({ ok }) => !ok).length;
  if (refused > 0) console.log(`${refused} of 20,000 blocks REFUSED`);
  return performance.now() - begin;
}

function network(): void {
  const commands = [
    `netns add ${server}`,
    `netns add ${sender}`,
    `link add sk-c0 netns ${server} type veth peer name sk-c1 netns ${sender}`,
    `-n ${server} addr add 198.51.100.44/24 dev sk-c0`,
    `-n ${server} link set sk-c0 up`,
    `-n ${server} link set lo up`,
    `-n ${sender} addr add 198.51.100.45/24 dev sk-c1`,
    `-n ${sender} link set sk-c1 up`,
  ];
  for (const command of commands) {
    const { status, stderr } = spawnSync("ip", command.split(" "), { encoding: "utf8" });
    if (status !== 0) throw new Error(`ip ${command}: ${stderr}`);
  }
}

/**
 * Nanoseconds for a datagram, the best of five floods, for everything else on the machine only adds. On a veth the
 * receiver's packet filter works in the sender's system call.
 */
function perPacket(): number {
  const flood = ["netns", "exec", sender, "/usr/bin/python3", "-c", floodScript];
  const times = Array.from({ length: 5 }, () =>
    Number(spawnSync("ip", flood, { encoding: "utf8" }).stdout),
  );
  return Math.round(Math.min(...times));
}

const floodScript = `
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("198.51.100.44", 9))
begin = time.perf_counter_ns()
for _ in range(${packets}):
    try:
        s.send(b"x")
    except ConnectionRefusedError:
        pass
print((time.perf_counter_ns() - begin) / ${packets})
`;

function inServer(...command: string[]): ChildProcess {
  return spawn("ip", ["netns", "exec", server, ...command], {
    stdio: "ignore",
    env: { ...process.env, ...mallocVariables },
  });
}

/** The same machine's fail2ban, by its default action. */
async function fail2ban(scratch: Scratch, ours: number): Promise<void> {
  if (!existsSync("/usr/bin/fail2ban-server")) {
    console.log("fail2ban NOT measured: apt-get install fail2ban");
    return;
  }
  const folder = join(scratch.root, "fail2ban");
  mkdirSync(folder);
  for (const name of ["action.d", "filter.d"])
    symlinkSync(`/etc/fail2ban/${name}`, join(folder, name));
  // Its memory of bans is the machine's own, and not to be touched.
  writeFileSync(join(folder, "fail2ban.conf"), "[Definition]\nloglevel = INFO\ndbfile = None\n");
  writeFileSync(join(folder, "log"), "");
  const jail = `[bench]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = ${folder}/log\nbantime = 600\naction = iptables-multiport[name=bench, port="ssh", protocol="tcp", chain="INPUT"]\n`;
  writeFileSync(join(folder, "jail.conf"), jail);
  const options = ["-c", folder, "-s", `${folder}/socket`, "-p", `${folder}/pid`];
  const running = inServer("fail2ban-server", "-f", ...options, "--logtarget", `${folder}/said`);
  try {
    const client = (...args: string[]) =>
      spawnSync("/usr/bin/fail2ban-client", [...options, ...args], { encoding: "utf8" });
    await until(async () => client("status", "bench").status === 0, "fail2ban", 20);
    const addresses = Array.from({ length: bans }, (_, n) => `192.0.2.${n + 1}`);
    const begin = performance.now();
    client("set", "bench", "banip", ...addresses);
    await until(async () => banned() === bans, "fail2ban's bans", 120);
    const rate = bans / ((performance.now() - begin) / 1000);
    console.log(
      `fail2ban placed ${bans} bans at ${rate.toFixed(0)} a second, Stockade 20,000 at ${ours.toFixed(0)}: ${(ours / rate).toFixed(0)} times as fast`,
    );
  } finally {
    running.kill("SIGKILL");
  }
}

function banned(): number {
  const list = ["netns", "exec", server, "iptables", "-S", "f2b-bench"];
  return spawnSync("ip", list, { encoding: "utf8" }).stdout.split("-j REJECT").length - 1;
}
