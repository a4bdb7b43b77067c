import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { establishedPeers, peersIn } from "../../src/bin/established.ts";
import type { Event, Line } from "../../src/core/event.ts";
import { eventAt } from "../analyse/build.ts";
import { openBench } from "./blocking.ts";

const log = "Accepted publickey for admin from 203.0.113.12 port 50022 ssh2: ED25519 SHA256:abc";
const event = (more: Partial<Event> = {}): Event => ({
  ...eventAt(1_800_000_000, "203.0.113.12"),
  program: "sshd",
  log,
  ...more,
});
const line = (more: Partial<Line> = {}): Line => ({
  text: log,
  location: "/var/log/auth.log",
  format: "syslog",
  receivedAt: 1_800_000_000_000,
  ...more,
});

test("who is logged in by key is not blocked, the responder knows it, and the end of it is told", async () => {
  const activeResponses = [
    { response: "firewall-drop", level: 9, seconds: 600 },
    { response: "host-deny", level: 9, seconds: 600 },
  ];
  const { blocker, alarm, asked, verbs, said, time } = await openBench({ activeResponses });
  blocker.see(event(), line());
  expect(asked.at(-1)).toEqual({
    verb: "protect",
    sessions: [{ address: "203.0.113.12", seconds: 86_400 }],
  });
  for (let at = 0; at < 3; at++) {
    alarm("203.0.113.12");
    time.now += 11_000;
  }
  expect(verbs("block")).toEqual([]);
  expect(blocker.counts().spared).toBe(6);
  expect(said).toEqual([
    expect.stringMatching(/^stockade: 203\.0\.113\.12 is logged in by key and was spared/),
  ]);
  expect(asked.at(-1)).toEqual({ verb: "protect", sessions: [] });
  alarm("203.0.113.12");
  alarm("203.0.113.13");
  expect(new Set(verbs("block"))).toEqual(new Set(["203.0.113.12", "203.0.113.13"]));
});

test("another process takes it over", async () => {
  const first = await openBench();
  first.blocker.see(event(), line());
  const second = await openBench({}, first.folder);
  expect(second.asked).toContainEqual({
    verb: "protect",
    sessions: [{ address: "203.0.113.12", seconds: 86_400 }],
  });
});

test.each([
  ["in a web server's log", event(), line({ location: "/var/log/nginx/error.log" })],
  ["of another program", event({ program: "sshd-fake" }), line()],
])("a login %s is not believed", async (_where, said, written) => {
  const { blocker, alarm, verbs } = await openBench();
  blocker.see(said, written);
  alarm("203.0.113.12");
  expect(verbs("block")).toEqual(["203.0.113.12"]);
});

test("journald vouches for a program, wherever the line is from", async () => {
  const { blocker, alarm, verbs } = await openBench();
  const header = { at: 1, host: "h", program: "sshd-session" };
  blocker.see(event({ program: "sshd-session" }), line({ location: "journald", header }));
  alarm("203.0.113.12");
  expect(verbs("block")).toEqual([]);
});

test("reads who is connected from the tables of the kernel", async () => {
  const table = `  sl  local_address rem_address   st
   0: 0100007F:0016 0C7100CB:C366 01 00000000:00000000
   1: 00000000:0016 00000000:0000 0A 00000000:00000000
   2: B80D0120000000000000000001000000:0016 B80D0120000001000000000005000000:C367 01 0
   3: 0000000000000000FFFF00000100007F:0016 0000000000000000FFFF00000D7100CB:C368 01 0`;
  expect(peersIn(table)).toEqual([
    "203.0.113.12 50022",
    "2001:db8:1::5 50023",
    "203.0.113.13 50024",
  ]);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  expect(establishedPeers()).toContain(`127.0.0.1 ${port}`);
  client.destroy();
  server.close();
});
