import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { tryRelay } from "../../src/report/relay.ts";

const account = { user: "postmaster@mail.example.com", password: "a b:c$d" };
const open: (SMTPServer | Server)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A relay that knows one account. Its certificate is nobody's. */
async function relay(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, answer) =>
      username === account.user && password === account.password
        ? answer(null, { user: username })
        : answer(new Error("nobody of that name")),
    ...options,
  });
  server.on("error", () => {});
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.server.address() as AddressInfo).port;
}

const knock = async (port: number, password = account.password) =>
  await tryRelay({ host: "localhost", port }, { ...account, password });

test("a login that is accepted works, and it is told that the certificate is nobody's", async () => {
  expect(await knock(await relay())).toEqual({ kind: "works", verified: false });
});

test("a wrong password is a refusal, with the relay's words and without the password", async () => {
  const answer = await knock(await relay(), "not-the-one");
  expect(answer).toMatchObject({ kind: "refuses", reason: expect.stringContaining("535") });
  expect(JSON.stringify(answer)).not.toContain("not-the-one");
});

test("no password is told to who offers no encryption", async () => {
  let asked = 0;
  const port = await relay({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth(_auth, _session, answer) {
      asked += 1;
      answer(null, { user: "x" });
    },
  });
  expect(await knock(port)).toMatchObject({ kind: "silent" });
  expect(asked).toBe(0);
});

test("a closed port, and one where nobody speaks, are silent", async () => {
  const mute = createServer((socket) => socket.destroy());
  open.push(mute);
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const { port } = mute.address() as AddressInfo;
  expect(await knock(port)).toMatchObject({ kind: "silent" });
  mute.close();
  expect(await knock(port)).toMatchObject({
    kind: "silent",
    reason: expect.stringContaining("ECONNREFUSED"),
  });
});

test("without an account the connection alone is tried", async () => {
  const port = await relay({ authOptional: true });
  expect(await tryRelay({ host: "localhost", port }, undefined)).toMatchObject({ kind: "works" });
});
