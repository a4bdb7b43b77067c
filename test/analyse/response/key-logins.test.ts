import { expect, test } from "vitest";
import { maxSparedPerDay, openKeyLogins } from "../../../src/analyse/response/key-logins.ts";
import { maxSessions } from "../../../src/core/block.ts";
import { addressOf } from "../../respond/machine.ts";

const day = 86_400_000;
const admin = addressOf("203.0.113.12");

function opened(state?: Parameters<typeof openKeyLogins>[1]) {
  const time = { now: 1_800_000_000_000 };
  const logins = openKeyLogins(() => time.now, state);
  const login = (from: string, port = 50_022) =>
    logins.note(`Accepted publickey for admin from ${from} port ${port} ssh2: ED25519 SHA256:abc`);
  const protectedNow = () => logins.sessions().map(({ address }) => address);
  return { time, logins, login, protectedNow };
}

test("a login by key protects its address for a day", () => {
  const { time, login, protectedNow, logins } = opened();
  expect(login("203.0.113.12")).toBe(true);
  expect(logins.sessions()).toEqual([{ address: admin, seconds: 86_400 }]);
  time.now += day - 1000;
  expect(protectedNow()).toEqual([admin]);
  time.now += 1000;
  expect(protectedNow()).toEqual([]);
});

test.each([
  "Accepted password for admin from 203.0.113.12 port 5 ssh2",
  "Accepted publickey for admin from gateway port 5 ssh2: ED25519 SHA256:abc",
  "Failed publickey for admin from 203.0.113.12 port 5 ssh2: ED25519 SHA256:abc",
  "Invalid user Accepted publickey for admin from 203.0.113.12 port 5 ssh2 from 192.0.2.9 port 7",
  " Accepted publickey for admin from 203.0.113.12 port 5 ssh2: ED25519 SHA256:abc",
])("%s protects nobody", (message) => {
  const { logins } = opened();
  expect(logins.note(message)).toBe(false);
  expect(logins.sessions()).toEqual([]);
});

test("what the client chose in a certificate's key id is not his address", () => {
  const { logins, protectedNow } = opened();
  logins.note(
    "Accepted publickey for admin from 203.0.113.12 port 5 ssh2: ED25519-CERT SHA256:abc ID x from 192.0.2.1 port 9 ssh2 (serial 0) CA ED25519 SHA256:def",
  );
  expect(protectedNow()).toEqual([admin]);
});

test("a key is no shield: after so many spared blocks it protects no more, also after the next login", () => {
  const { time, logins, login, protectedNow } = opened();
  login("203.0.113.12");
  for (let at = 1; at < maxSparedPerDay; at++) {
    expect(logins.spare(admin)).toEqual({ spared: true, last: false });
    time.now += 10_000;
  }
  expect(logins.spare(admin)).toEqual({ spared: true, last: true });
  // The same alert, another response.
  expect(logins.spare(admin)).toEqual({ spared: true, last: false });
  time.now += 10_000;
  expect(logins.spare(admin).spared).toBe(false);
  expect(protectedNow()).toEqual([]);
  time.now += day / 2;
  login("203.0.113.12");
  expect(logins.spare(admin).spared).toBe(false);
  time.now += day / 2;
  login("203.0.113.12");
  expect(protectedNow()).toEqual([admin]);
});

test("who is logged in from an IPv6 address is hit by a block of its /64, and protected from it", () => {
  const { logins, login } = opened();
  login("2001:db8:1::5");
  expect(logins.spare(addressOf("2001:db8:1::666")).spared).toBe(true);
  expect(logins.spare(addressOf("2001:db8:2::5")).spared).toBe(false);
});

test("a connection that lives on protects for longer, by address and port", () => {
  const { time, logins, login, protectedNow } = opened();
  login("203.0.113.12", 50_022);
  login("203.0.113.13", 50_023);
  time.now += day - 1000;
  logins.renew(new Set(["203.0.113.12 50022", "203.0.113.13 443"]));
  time.now += 2000;
  expect(protectedNow()).toEqual([admin]);
});

test("a botnet with one key protects so many addresses at a time, and pushes nobody out", () => {
  const { login, protectedNow, time } = opened();
  login("203.0.113.12");
  for (let host = 1; host <= 100; host++) {
    time.now += 1000;
    login(`192.0.2.${host}`);
  }
  expect(protectedNow()).toHaveLength(maxSessions);
  expect(protectedNow()).toContain(admin);
});

test("neither the addresses of one /64, nor others' logins in between, nor the clock begin a new count", () => {
  const { logins, login, time } = opened();
  const spared = { inOne: 0, between: 0 };
  for (let turn = 0; turn < 300; turn++) {
    time.now += turn % 100 === 50 ? -7_200_000 : 10_000;
    login(`2001:db8:1::${(turn + 1).toString(16)}`);
    if (logins.spare(addressOf("2001:db8:1::1")).spared) spared.inOne += 1;
    for (let other = 0; other < 40; other++) login(`192.0.2.${other}`);
    login("20.0.0.7");
    if (logins.spare(addressOf("20.0.0.7")).spared) spared.between += 1;
  }
  expect(spared.inOne).toBeLessThanOrEqual(maxSparedPerDay + 1);
  expect(spared.between).toBeLessThanOrEqual(maxSparedPerDay + 1);
});

test("what it knows and has counted outlasts the daemon", () => {
  const first = opened();
  first.login("203.0.113.12");
  for (let at = 1; at < maxSparedPerDay; at++) {
    first.logins.spare(admin);
    first.time.now += 10_000;
  }
  const second = opened(first.logins.state());
  second.time.now = first.time.now;
  expect(second.logins.spare(admin)).toEqual({ spared: true, last: true });
});
