import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Listener, openListeners } from "../../../src/integrity/listeners/listeners.ts";
import { listeningSockets } from "../../../src/integrity/listeners/sockets.ts";
import { listenerFindings } from "../../../src/integrity/listeners/words.ts";

test("what listens is read as the kernel writes it, IPv6 too", () => {
  const proc = kernel();
  proc.set("tcp", row("0100007F:0CEA", "0A", 11), row("2C64A8C0:0016", "01", 12));
  proc.set("tcp6", row("B80D0120000000000000000001000000:01BB", "0A", 13));
  proc.set("udp", row("00000000:0044", "07", 14), row("0100007F:0044", "07", 15, "0100007F:0035"));
  expect(listeningSockets(proc.folder)).toEqual([
    { protocol: "tcp", address: "127.0.0.1", port: 3306, uid: 0, inode: 11 },
    { protocol: "tcp", address: "2001:db8::1", port: 443, uid: 0, inode: 13 },
    { protocol: "udp", address: "0.0.0.0", port: 68, uid: 0, inode: 14 },
  ]);
});

test("what was there at the first look is no news; what opens later is told with its program, once", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0016", "0A", 1));
  proc.run(10, "sshd", "/usr/sbin/sshd", 1);
  const listeners = open(proc.folder);
  expect(listeners.look()).toEqual({ opened: [], closed: [] });
  proc.set("tcp", row("00000000:0016", "0A", 1), row("00000000:115C", "0A", 2));
  proc.run(666, "kworker/0:1", "/tmp/x (deleted)", 2);
  const { opened } = listeners.look();
  expect(opened).toEqual([
    {
      protocol: "tcp",
      address: "0.0.0.0",
      port: 4444,
      uid: 0,
      program: "/tmp/x (deleted)",
      name: "kworker/0:1",
    },
  ]);
  expect(listeners.look().opened).toEqual([]);
  const named = () => ({ package: undefined, account: "root" });
  const [finding] = listenerFindings({ opened, closed: [] }, named, 0);
  expect(finding?.text).toBe(
    "opened: tcp 0.0.0.0:4444 by /tmp/x (deleted) (no package), as root, calls itself kworker/0:1",
  );
  expect(finding?.fields).toMatchObject({ status: "deleted", dstport: "4444", action: "opened" });
});

test("a service that restarts has not closed, one that is away has", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0050", "0A", 1));
  proc.run(10, "nginx", "/usr/sbin/nginx", 1);
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("tcp");
  expect(listeners.look().closed).toEqual([]);
  proc.set("tcp", row("00000000:0050", "0A", 9));
  proc.run(11, "nginx", "/usr/sbin/nginx", 9);
  expect(listeners.look()).toEqual({ opened: [], closed: [] });
  proc.set("tcp");
  const closed = Array.from({ length: 6 }, () => listeners.look().closed.length);
  expect(closed).toEqual([0, 0, 0, 0, 1, 0]);
});

test("another program on a known port is news: somebody took the place of the service", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0050", "0A", 1));
  proc.run(10, "nginx", "/usr/sbin/nginx", 1);
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("tcp", row("00000000:0050", "0A", 2));
  proc.run(11, "nginx", "/dev/shm/nginx", 2);
  expect(listeners.look().opened.map(({ program }) => program)).toEqual(["/dev/shm/nginx"]);
});

test("a resolver's thousands of UDP ports are nothing, one that stays is", () => {
  const proc = kernel();
  const listeners = open(proc.folder);
  listeners.look();
  for (let port = 40_000; port < 40_100; port++) {
    proc.set("udp", row(`00000000:${port.toString(16).toUpperCase()}`, "07", port));
    expect(listeners.look().opened).toEqual([]);
  }
  const looks = Array.from({ length: 20 }, () => listeners.look().opened.length);
  expect(looks.filter((count) => count === 1)).toHaveLength(1);
});

test("the next life knows what this one knew", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0050", "0A", 1));
  const first = open(proc.folder);
  first.look();
  const listeners = open(proc.folder, first.known());
  expect(listeners.look().opened).toEqual([]);
  proc.set("tcp", row("00000000:0050", "0A", 1), row("00000000:0051", "0A", 2));
  expect(listeners.look().opened.map(({ port }) => port)).toEqual([81]);
});

test("hostile names are shown escaped; of a hundred at once twenty are told and the rest in one", () => {
  const opened = Array.from({ length: 100 }, (_, n) => ({
    protocol: "tcp" as const,
    address: "::",
    port: n,
    uid: 33,
    program: "/tmp/a\nRule: 1\xff",
    name: "x\u202e\x1b[2J",
  }));
  const named = () => ({ package: undefined, account: undefined });
  const findings = listenerFindings({ opened, closed: [] }, named, 0);
  expect(findings).toHaveLength(21);
  expect(findings[0]?.text).toBe(
    "opened: tcp [::]:0 by /tmp/a\\x0aRule: 1\\xff (no package), as uid 33, calls itself x\\u202e\\x1b[2J",
  );
  expect(findings[20]?.text.split("\n")).toHaveLength(81);
});

test("on this machine: a port that opens here is seen", async () => {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  // The network of the first process may be another one here: this process stands for it.
  const proc = kernel();
  symlinkSync(`/proc/${process.pid}/net`, join(proc.folder, "real"));
  rmSync(join(proc.folder, "1/net"), { recursive: true });
  symlinkSync(`/proc/${process.pid}/net`, join(proc.folder, "1/net"));
  expect(listeningSockets(proc.folder)).toContainEqual(
    expect.objectContaining({ protocol: "tcp", address: "127.0.0.1", port }),
  );
  server.close();
});

function open(proc: string, before?: readonly Listener[]) {
  return openListeners({ proc, before, firstHandedOut: 32_768 });
}

function row(local: string, state: string, inode: number, remote = "00000000:0000"): string {
  const far = local.length > 13 && remote === "00000000:0000" ? `${"0".repeat(32)}:0000` : remote;
  return `   0: ${local} ${far} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
}

/** What stands in /proc, as far as it is looked at. */
function kernel() {
  const folder = mkdtempSync(join(tmpdir(), "proc-"));
  mkdirSync(join(folder, "1/net"), { recursive: true });
  return {
    folder,
    set(table: string, ...rows: string[]) {
      writeFileSync(join(folder, "1/net", table), `  sl  local_address …\n${rows.join("\n")}\n`);
    },
    run(pid: number, name: string, program: string, inode: number) {
      const place = join(folder, `${pid}`);
      mkdirSync(join(place, "fd"), { recursive: true });
      writeFileSync(join(place, "comm"), `${name}\n`);
      symlinkSync(program, join(place, "exe"));
      symlinkSync(`socket:[${inode}]`, join(place, "fd/3"));
    },
  };
}
