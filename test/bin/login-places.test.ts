import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loginIn, openLoginPlaces } from "../../src/bin/login-places.ts";
import type { Line } from "../../src/core/event.ts";
import { eventAt } from "../analyse/build.ts";

const day = 86_400_000;
const log = { info: () => {}, warn: () => {}, error: () => {} };

function server(folder = mkdtempSync(join(tmpdir(), "stockade-places-"))) {
  const said: string[] = [];
  const time = { now: Date.UTC(2026, 10, 22) };
  const live = () =>
    openLoginPlaces({
      statePath: folder,
      log,
      clock: () => time.now,
      say: (text) => void said.push(text),
    });
  let places = live();
  return {
    time,
    logIn(user: string, address: string, more: Partial<Line> = {}) {
      const text = `Accepted publickey for ${user} from ${address} port 1 ssh2: RSA SHA256:x`;
      const fields = { dstuser: user, srcip: address, status: "publickey" };
      const line: Line = {
        text,
        location: "/var/log/auth.log",
        format: "syslog",
        receivedAt: time.now,
        ...more,
      };
      const event = { ...eventAt(0, address), program: "sshd-session", log: text, fields };
      const login = loginIn(event, line);
      if (login) places.see(login, text);
      return said.splice(0);
    },
    restart() {
      places = live();
    },
  };
}

test("the first day is learned, and a login from elsewhere is told after it, once", () => {
  const { logIn, time } = server();
  expect(logIn("alice", "203.0.113.9")).toEqual([
    "stockade: learned: first login of alice, from 203.0.113.9 (publickey)",
  ]);
  time.now += 2 * day;
  expect(logIn("alice", "203.0.113.200")).toEqual([]);
  expect(logIn("alice", "192.0.2.7")).toEqual([
    "stockade: login of alice from a new network, 192.0.2.0/24: 192.0.2.7 (publickey); known are 203.0.113.0/24",
  ]);
  expect(logIn("alice", "192.0.2.8")).toEqual([]);
  expect(logIn("bob", "192.0.2.8")).toEqual([
    "stockade: first login of bob, from 192.0.2.8 (publickey)",
  ]);
});

test("of IPv6 it is the /64", () => {
  const { logIn, time } = server();
  logIn("alice", "2001:db8::1");
  time.now += 2 * day;
  expect(logIn("alice", "2001:db8::ffff:1")).toEqual([]);
  expect(logIn("alice", "2001:db8:0:1::1")[0]).toContain("a new network, 2001:db8:0:1::/64:");
});

test("a restart forgets nothing, nor does it begin to learn anew", () => {
  const { logIn, restart, time } = server();
  logIn("alice", "203.0.113.9");
  time.now += 2 * day;
  restart();
  expect(logIn("alice", "203.0.113.9")).toEqual([]);
  expect(logIn("alice", "198.51.100.1")[0]).toMatch(/^stockade: login of alice from a new network/);
});

test("who comes from anywhere is told eight times a week, and then only written down", () => {
  const { logIn, time } = server();
  logIn("ci", "203.0.113.9");
  time.now += 30 * day;
  const said = Array.from({ length: 12 }, (_, n) => logIn("ci", `198.51.${n}.1`)[0] ?? "");
  expect(said.map((text) => text.startsWith("stockade: learned: "))).toEqual(
    said.map((_, n) => n >= 8),
  );
  expect(said[11]).toContain("known are 198.51.10.0/24, 198.51.9.0/24, 198.51.8.0/24 and 9 more");
});

test("so many networks of a user are known, and the longest unused goes first", () => {
  const { logIn, time } = server();
  for (let n = 0; n < 64; n++) {
    logIn("ci", `198.51.${n}.1`);
    time.now += 2 * day;
  }
  expect(logIn("ci", "198.51.0.1")).toEqual([]);
  expect(logIn("ci", "192.0.2.1")).toHaveLength(1);
  expect(logIn("ci", "198.51.0.1")).toEqual([]);
  expect(logIn("ci", "198.51.1.1")).toHaveLength(1);
});

test("only sshd's own words count, wherever they stand", () => {
  const { logIn } = server();
  expect(logIn("alice", "203.0.113.9", { location: "/var/log/nginx/error.log" })).toEqual([]);
  expect(logIn("alice", "not an address")).toEqual([]);
});
