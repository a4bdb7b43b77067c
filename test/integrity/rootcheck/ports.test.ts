import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hiddenPorts } from "../../../src/integrity/rootcheck/checks/hidden-ports.ts";
import { coveredProcesses } from "../../../src/integrity/rootcheck/checks/hidden-processes.ts";
import { scratchGround } from "./ground.ts";

const head =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, state: string, inode: number, timer = "00:00000000") =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 ${timer} 00000000     0        0 ${inode} 1\n`;

test("W33: a port that listens and that no process is seen to hold is told", async () => {
  const { ground, put, run } = scratchGround();
  put(
    "proc/1/net/tcp",
    `${head}${row("00000000:115C", "0A", 77)}${row("00000000:0016", "0A", 78)}`,
  );
  run(20, "/usr/sbin/sshd", 78);
  expect(await hiddenPorts(ground)).toEqual([
    {
      key: "hidden port tcp 0.0.0.0 4444",
      text: "Port '4444'(tcp, 0.0.0.0) hidden: no process is seen that holds it. Possible kernel-level rootkit.",
      kind: "hidden",
    },
  ]);
});

test("what a part of the kernel may hold itself is a notice that names it", async () => {
  const { ground, put, run } = scratchGround();
  put("proc/1/net/udp", head + row("00000000:CA6C", "07", 77));
  put("proc/modules", "wireguard 114688 0 - Live 0x0\next4 1 0 - Live 0x0\n");
  run(20, "/usr/sbin/sshd", 78);
  const [sign] = await hiddenPorts(ground);
  expect(sign?.kind).toBe("notice");
  expect(sign?.text).toContain("'51820'(udp, 0.0.0.0)");
  expect(sign?.text).toContain("it may be wireguard.");
});

test("very many are told by their number", async () => {
  const { ground, put, run } = scratchGround();
  const rows = Array.from({ length: 30 }, (_, n) => row(`00000000:${1000 + n}`, "0A", 100 + n));
  put("proc/1/net/tcp", head + rows.join(""));
  run(20, "/usr/sbin/sshd", 78);
  expect((await hiddenPorts(ground)).map(({ text, kind }) => [kind, text])).toEqual([
    [
      "hidden",
      "Excessive number of ports that no process is seen to hold (30). Possible kernel-level rootkit.",
    ],
  ]);
});

test("in a container the host's processes may hold it", async () => {
  const { folder, ground, put, run } = scratchGround();
  put("proc/1/net/tcp", head + row("00000000:115C", "0A", 77));
  run(20, "/usr/sbin/sshd", 78);
  mkdirSync(join(folder, "proc/self/ns"), { recursive: true });
  symlinkSync("pid:[4026532000]", join(folder, "proc/self/ns/pid"));
  const [sign] = await hiddenPorts(ground);
  expect(sign?.kind).toBe("notice");
});

test("one that somebody takes meanwhile was none", async () => {
  const { folder, ground, put, run } = scratchGround();
  put("proc/1/net/tcp", head + row("00000000:115C", "0A", 77));
  run(20, "/usr/sbin/sshd", 78);
  const looking = hiddenPorts(ground);
  run(21, "/usr/sbin/nginx", 77);
  expect(await looking).toEqual([]);
  rmSync(join(folder, "proc/21"), { recursive: true });
  expect(await hiddenPorts(ground)).toHaveLength(1);
});

test("sockets that the kernel counts and its table leaves out are hidden", async () => {
  const { ground, put } = scratchGround();
  put(
    "proc/1/net/sockstat",
    "sockets: used 9\nTCP: inuse 3 orphan 0 tw 1 alloc 4 mem 0\nUDP: inuse 1 mem 0\n",
  );
  put("proc/1/net/sockstat6", "TCP6: inuse 0\nUDP6: inuse 0\n");
  // A connection that is over and one that is not there yet are listed, and not counted.
  const others = row("0100007F:0016", "06", 0, "03:00000000") + row("0100007F:0016", "03", 0);
  put("proc/1/net/tcp", `${head}${row("0100007F:0016", "01", 5)}${others}`);
  put("proc/1/net/udp", head + row("0100007F:0035", "01", 6));
  expect((await hiddenPorts(ground)).map(({ text, kind }) => [kind, text])).toEqual([
    [
      "hidden",
      "2 sockets of tcp are counted by the kernel and not listed in /proc/net/tcp. Possible kernel-level rootkit.",
    ],
  ]);
});

test("on this machine no port and no socket is hidden", async () => {
  const { ground } = scratchGround();
  const signs = await hiddenPorts({ ...ground, proc: "/proc" });
  expect(signs.filter(({ kind }) => kind === "hidden")).toEqual([]);
});

test("a process is hidden by what is mounted over its folder", async () => {
  const { ground, put } = scratchGround();
  put(
    "proc/1/mountinfo",
    "22 1 0:20 / /proc rw - proc proc rw\n30 22 8:1 /tmp/empty /proc/4242 rw - ext4 /dev/sda1 rw\n",
  );
  expect((await coveredProcesses(ground)).map(({ text }) => text)).toEqual([
    "Process '4242' hidden: something is mounted over /proc/4242.",
  ]);
});
