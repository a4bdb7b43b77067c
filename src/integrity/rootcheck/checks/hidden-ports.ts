import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../../fault.ts";
import { holdersOf } from "../../listeners/holders.ts";
import { type ListeningSocket, listeningSockets } from "../../listeners/sockets.ts";
import { type Check, type Sign, tried } from "../check.ts";
import { listedIn } from "../processes.ts";
import { hiddenSockets } from "./uncounted-sockets.ts";

/** Sockets come and go while tables are read: what is hidden stays so. */
const looks = 5;
const between = 200;
const mostTold = 20;

/** Parts of the kernel that listen themselves, by the names of their modules. */
const kernelsOwn = new Set(
  "nfsd lockd ksmbd iscsi_target_mod nvmet_tcp rds_tcp rpcrdma svcrdma dlm ocfs2_stack_o2cb drbd wireguard vxlan geneve fou l2tp_core rxrpc bareudp gtp tipc sctp openvswitch ovpn afs".split(
    " ",
  ),
);

/**
 * Ports that somebody listens on and no process is seen to hold, and sockets that the kernel counts and its tables leave out: that
 * is how a module or a library hides them. Nothing is bound here, as OSSEC does it: this process has no network.
 */
export const hiddenPorts: Check = async ({ proc }) => [
  ...(await hiddenSockets(proc, looks, between)),
  ...(await withoutHolder(proc)),
];

async function withoutHolder(proc: string): Promise<Sign[]> {
  let suspects = orphansIn(proc);
  for (let look = 1; look < looks && suspects.length > 0; look++) {
    await sleep(between);
    const still = new Set(orphansIn(proc).map(({ inode }) => inode));
    suspects = suspects.filter(({ inode }) => still.has(inode));
  }
  if (suspects.length === 0) return [];
  const others = othersThatListen(proc);
  if (suspects.length > mostTold) {
    const text = `Excessive number of ports that no process is seen to hold (${suspects.length}).`;
    if (others.length > 0) return [{ key: "hidden ports", text, kind: "notice" }];
    return [
      { key: "hidden ports", text: `${text} Possible kernel-level rootkit.`, kind: "hidden" },
    ];
  }
  return suspects.map((socket) => portSign(socket, others));
}

/** Those that the kernel holds itself have no number as a file. */
function orphansIn(proc: string): ListeningSocket[] {
  const sockets = listeningSockets(proc).filter(({ inode }) => inode !== 0);
  if (sockets.length === 0) return [];
  const holders = tried(
    () => holdersOf(proc, new Set(sockets.map(({ inode }) => inode))),
    undefined,
  );
  return holders ? sockets.filter(({ inode }) => !holders.has(inode)) : [];
}

/** The first namespace of processes, whose number never changes (include/uapi/linux/nsfs.h). */
const allProcesses = "pid:[4026531836]";

/** Who may hold a port and is no process that can be seen. */
function othersThatListen(proc: string): string[] {
  const text = tried(() => readFileSync(join(proc, "modules"), "latin1"), "");
  const modules = text
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => kernelsOwn.has(name));
  // In a container that has the network of its host, the host's processes listen, too.
  const seen = tried(() => readlinkSync(join(proc, "self/ns/pid")), allProcesses);
  return [
    ...modules,
    ...(seen === allProcesses ? [] : ["who is outside of this container"]),
    ...closedIn(proc).map((pid) => `process ${pid}, which does not let itself be looked at`),
  ];
}

/** Some processes whose open files the kernel does not show us. */
function closedIn(proc: string): number[] {
  return listedIn(proc)
    .filter((pid) => isClosed(join(proc, `${pid}/fd`)))
    .slice(0, 3);
}

function isClosed(folder: string): boolean {
  try {
    const [first] = readdirSync(folder);
    if (first !== undefined) readlinkSync(join(folder, first));
    return false;
  } catch (thrown) {
    return codeOf(thrown) === "EACCES" || codeOf(thrown) === "EPERM";
  }
}

function portSign({ protocol, address, port }: ListeningSocket, others: readonly string[]): Sign {
  const key = `hidden port ${protocol} ${address} ${port}`;
  const what = `Port '${port}'(${protocol}, ${address})`;
  if (others.length > 0) {
    const text = `${what} is held by no process that can be seen; it may be ${others.join(", ")}.`;
    return { key, text, kind: "notice" };
  }
  const text = `${what} hidden: no process is seen that holds it. Possible kernel-level rootkit.`;
  return { key, text, kind: "hidden" };
}
