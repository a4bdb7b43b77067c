import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Listener } from "../../../src/integrity/listeners/listener.ts";
import { openListeners } from "../../../src/integrity/listeners/listeners.ts";
import { countOf, openNews } from "../../../src/integrity/listeners/news.ts";
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
  expect(listeners.look()).toEqual(nothing);
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
  const named = () => ({ package: undefined, installedBy: undefined, account: "root" });
  const [finding] = listenerFindings({ ...nothing, opened }, named, { at: 0, room: 20 });
  expect(finding?.text).toBe(
    "opened: tcp 0.0.0.0:4444 by /tmp/x (deleted) (no package), as root, calls itself kworker/0:1",
  );
  expect(finding?.fields).toMatchObject({ status: "deleted", dstport: "4444", action: "opened" });
});

test("a service that restarts has not closed, one that is away has, and is no news when it is back", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0050", "0A", 1));
  proc.run(10, "nginx", "/usr/sbin/nginx", 1);
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("tcp");
  expect(listeners.look().closed).toEqual([]);
  proc.set("tcp", row("00000000:0050", "0A", 9));
  proc.run(11, "nginx", "/usr/sbin/nginx", 9);
  expect(listeners.look()).toEqual(nothing);
  proc.set("tcp");
  const closed = Array.from({ length: 21 }, () => listeners.look().closed.length);
  expect(closed.indexOf(1)).toBe(19);
  expect(closed.filter((count) => count > 0)).toEqual([1]);
  proc.set("tcp", row("00000000:0050", "0A", 10));
  proc.run(12, "nginx", "/usr/sbin/nginx", 10);
  expect(listeners.look()).toMatchObject({ opened: [], reopened: [{ port: 80 }] });
});

test("a service whose program an upgrade replaced is the same one, in the next life too", () => {
  const proc = kernel();
  proc.set("tcp", row("00000000:0050", "0A", 1));
  proc.run(10, "nginx", "/usr/sbin/nginx", 1);
  const first = open(proc.folder);
  first.look();
  proc.set("tcp", row("00000000:0050", "0A", 2));
  proc.run(11, "nginx", "/usr/sbin/nginx (deleted)", 2);
  expect(first.look()).toEqual(nothing);
  expect(open(proc.folder, first.known()).look()).toEqual(nothing);
});

test("a package's program that was replaced is told as the package's", () => {
  const one = { protocol: "tcp" as const, address: "::", port: 81, uid: 0, name: "nginx" };
  const opened = [{ ...one, program: "/usr/sbin/nginx (deleted)" }];
  const statusWith = (name: string | undefined) => {
    const named = () => ({ package: name, installedBy: undefined, account: "root" });
    return listenerFindings({ ...nothing, opened }, named, { at: 0, room: 20 })[0]?.fields[
      "status"
    ];
  };
  expect(statusWith("nginx")).toBe("packaged");
  expect(statusWith(undefined)).toBe("deleted");
});

test("what was installed a moment ago opens its port, and that is said", () => {
  const one = { protocol: "tcp" as const, address: "::", port: 80, uid: 0, name: "nginx" };
  const opened = [{ ...one, program: "/usr/sbin/nginx" }];
  const named = () => ({ package: "nginx", installedBy: "apt-get install nginx", account: "root" });
  const [told] = listenerFindings({ ...nothing, opened }, named, { at: 0, room: 20 });
  expect(told?.fields["status"]).toBe("packaged, installed");
  expect(told?.text).toMatch(
    /^opened after an installation: tcp \[::\]:80 .*\(nginx, just installed by: apt-get install nginx\)/,
  );
});

test("a service that takes any port of UDP has another one after a restart, and that is no news", () => {
  const proc = kernel();
  proc.set("udp", row("00000000:9000", "07", 1));
  proc.run(10, "avahi-daemon", "/usr/sbin/avahi-daemon", 1);
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("udp", row("00000000:9100", "07", 2));
  proc.run(11, "avahi-daemon", "/usr/sbin/avahi-daemon", 2);
  expect(Array.from({ length: 30 }, () => countOf(listeners.look()))).toEqual(Array(30).fill(0));
  proc.set("udp", row("00000000:9100", "07", 2), row("00000000:9200", "07", 3));
  proc.run(12, "avahi-daemon", "/tmp/avahi-daemon", 3);
  const looks = Array.from({ length: 20 }, () => listeners.look().opened);
  expect(looks.flat().map(({ program }) => program)).toEqual(["/tmp/avahi-daemon"]);
});

test("a server on a fixed port of UDP is told, soon", () => {
  const proc = kernel();
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("udp", row("00000000:0035", "07", 1), row("00000000:1F90", "07", 2));
  const looks = Array.from({ length: 4 }, () => listeners.look().opened.map(({ port }) => port));
  expect(looks).toEqual([[53], [], [8080], []]);
});

test("a client that renews its address is nothing, who stays on its port is told", () => {
  const proc = kernel();
  const listeners = open(proc.folder);
  listeners.look();
  proc.set("udp", row("0A000002:0044", "07", 1));
  expect(Array.from({ length: 10 }, () => countOf(listeners.look()))).toEqual(Array(10).fill(0));
  proc.set("udp");
  listeners.look();
  proc.set("udp", row("0A000002:0044", "07", 2));
  const looks = Array.from({ length: 20 }, () => listeners.look().opened.length);
  expect(looks.indexOf(1)).toBe(15);
});

test("FTP's ports for data are nothing, as long as they go again", () => {
  const proc = kernel();
  const server = row("00000000:0015", "0A", 1);
  proc.set("tcp", server);
  proc.run(10, "vsftpd", "/usr/sbin/vsftpd", 1);
  const listeners = open(proc.folder);
  listeners.look();
  for (let port = 40_000; port < 40_040; port++) {
    proc.set("tcp", server, row(`00000000:${port.toString(16).toUpperCase()}`, "0A", port));
    proc.run(port, "vsftpd", "/usr/sbin/vsftpd", port);
    expect(listeners.look()).toEqual(nothing);
  }
  proc.set("tcp", server, row("00000000:115C", "0A", 50_000));
  proc.run(50_000, "vsftpd", "/tmp/vsftpd", 50_000);
  expect(listeners.look().opened.map(({ program }) => program)).toEqual(["/tmp/vsftpd"]);
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
  const named = () => ({ package: undefined, installedBy: undefined, account: undefined });
  const findings = listenerFindings({ ...nothing, opened }, named, { at: 0, room: 20 });
  expect(findings).toHaveLength(21);
  expect(findings[0]?.text).toBe(
    "opened: tcp [::]:0 by /tmp/a\\x0aRule: 1\\xff (no package), as uid 33, calls itself x\\u202e\\x1b[2J",
  );
  expect(findings[20]?.text.split("\n")).toHaveLength(81);
  const many = Array(300).fill(opened).flat();
  const [all] = listenerFindings({ ...nothing, opened: many }, named, { at: 0, room: 0 });
  expect(all?.text.split("\n")).toHaveLength(102);
  expect(all?.text).toMatch(/^30000 more .*… and 29900 more$/s);
});

test("who opens other ports all the time is told twenty times in ten minutes, and then once a minute", async () => {
  const news = openNews(async () => () => ({
    package: undefined,
    installedBy: undefined,
    account: "eve",
  }));
  const opening = (port: number) => ({
    ...nothing,
    opened: [
      { protocol: "tcp" as const, address: "::", port, uid: 1000, program: "/tmp/x", name: "x" },
    ],
  });
  const told: string[] = [];
  for (let look = 0; look < 100; look++) {
    const findings = await news(opening(look), 0, look * 3000);
    told.push(...findings.map(({ text }) => text));
  }
  expect(told.filter((text) => text.startsWith("opened: "))).toHaveLength(20);
  const rest = told.slice(20).map((text) => /^(\d+) more listeners/.exec(text)?.[1]);
  expect(rest).toEqual(["20", "20", "20", "20"]);
  expect(await news(nothing, 0, 100 * 3000 + 60_000)).toEqual([]);
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

const nothing = { opened: [], reopened: [], closed: [] };

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
