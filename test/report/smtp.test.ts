import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { letter } from "../../src/report/letter.ts";
import { type Envelope, smtp } from "../../src/report/smtp.ts";
import { desk, settings } from "./desk.ts";

const closing: (() => unknown)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-smtp-"));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real SMTP server; `options` make it refuse. Returns "host:port" and the mails it took. */
async function server(options: SMTPServerOptions = {}, port = 0) {
  const mails: Taken[] = [];
  const smtpServer = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    ...options,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString("utf8"),
        });
        done();
      });
    },
  });
  const listening = smtpServer.listen(port, "127.0.0.1");
  await once(listening, "listening");
  const close = () => new Promise<void>((resolve) => smtpServer.close(resolve));
  closing.push(close);
  const { port: chosen } = listening.address() as AddressInfo;
  return { mails, close, port: chosen, address: `localhost:${chosen}` };
}

function refusing(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

const envelopeTo = (...to: string[]): Envelope => ({
  from: "stockade@mail.example.com",
  to,
  letter: letter(
    {
      from: "stockade@mail.example.com",
      to,
      subject:
        "Stockade Alert - wéb1 - Level 11 - Möre and möre and möre and möre and möre and möre and möre",
      messageId: "<1@web1>",
      date: Date.UTC(2026, 10, 22, 10, 0, 0),
      rule: 300012,
      level: 11,
      alert: "1763770000.0",
    },
    "é first\n.\n..\nFrom me\n~!id\n",
  ),
});

describe("a letter", () => {
  test("arrives as it was written", async () => {
    const { mails, address } = await server();
    const deliver = smtp({ smtpServer: address }, "web1", 2000);
    expect(await deliver(envelopeTo("a@example.com", "b@example.com"))).toEqual({
      reached: true,
      taken: ["a@example.com", "b@example.com"],
      refused: [],
    });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      from: "stockade@mail.example.com",
      to: ["a@example.com", "b@example.com"],
    });
    const raw = mails[0]?.raw ?? "";
    expect(raw.slice(raw.indexOf("\r\n\r\n") + 4)).toBe(
      "é first\r\n.\r\n..\r\nFrom me\r\n~!id\r\n\r\n",
    );
    const words = [...raw.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)].map(([, word = ""]) => word);
    expect(words.every((word) => word.length <= 63)).toBe(true);
    expect(words.map((word) => Buffer.from(word, "base64").toString()).join("")).toContain(
      "wéb1 - Level 11 - Möre",
    );
  });

  test("of a mailer arrives with its alert", async () => {
    const { mails, address } = await server();
    const it = desk(folder, {
      global: { ...settings, smtpServer: address },
      deliverBy: (global, hostname) => smtp(global, hostname, 2000),
    });
    it.notify({ level: 11, line: "~! <script>\u202e", fields: { srcip: "192.0.2.241" } });
    await it.pass(5);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.raw).toContain(
      "\r\nSrc IP: 192.0.2.241\r\nPortion of the log(s):\r\n\r\n ~! <script>\\u202e\r\n\r\n --END OF NOTIFICATION\r\n",
    );
  });
});

describe("an answer", () => {
  test.each([
    [451, false],
    [550, true],
  ])("%i for one recipient: the other gets the mail", async (code, permanent) => {
    const { mails, address } = await server({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith("bad") ? refusing(code, "not here") : null),
    });
    const delivery = await smtp(
      { smtpServer: address },
      "web1",
      2000,
    )(envelopeTo("bad@example.com", "good@example.com"));
    expect(delivery).toEqual({
      reached: true,
      taken: ["good@example.com"],
      refused: [
        { recipient: "bad@example.com", permanent, reason: expect.stringContaining("not here") },
      ],
    });
    expect(mails.map(({ to }) => to)).toEqual([["good@example.com"]]);
  });

  test.each([
    ["every recipient", { onRcptTo: (_a, _s, done) => done(refusing(554, "go away")) }],
    ["the sender", { onMailFrom: (_a, _s, done) => done(refusing(554, "go away")) }],
  ] satisfies [string, SMTPServerOptions][])(
    "5xx for %s is an answer for each",
    async (_, options) => {
      const { address } = await server(options);
      const delivery = await smtp(
        { smtpServer: address },
        "web1",
        2000,
      )(envelopeTo("a@x.example", "b@x.example"));
      expect(delivery).toMatchObject({
        reached: true,
        taken: [],
        refused: ["a@x.example", "b@x.example"].map((recipient) => ({
          recipient,
          permanent: true,
        })),
      });
    },
  );

  test("421 and 554 at the door mean that nobody is there", async () => {
    const { address } = await server({
      onConnect: (_session, done) => done(refusing(554, "not you")),
    });
    const delivery = await smtp({ smtpServer: address }, "web1", 2000)(envelopeTo("a@x.example"));
    expect(delivery).toMatchObject({ reached: false, reason: expect.stringContaining("not you") });
  });
});

/** Accepts connections and does with them what the test says. */
async function door(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const listening: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onSocket(socket);
  }).listen(0, "127.0.0.1");
  await once(listening, "listening");
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test.each([
  ["says nothing", () => {}],
  ["falls silent after its greeting", (socket: Socket) => void socket.write("220 hello\r\n")],
  ["hangs up", (socket: Socket) => void socket.destroy()],
  ["talks nonsense", (socket: Socket) => void socket.write("\u0000\u0001 HTTP/1.1 400\r\n\r\n")],
])("a server that %s is not there", async (_, onSocket) => {
  const smtpServer = await door(onSocket);
  const delivery = await smtp({ smtpServer }, "web1", 200)(envelopeTo("a@x.example"));
  expect(delivery.reached).toBe(false);
});

test("a relay on this machine is spoken to in the clear, whatever certificate it offers", async () => {
  const heard: string[] = [];
  const smtpServer = await door((socket) => {
    socket.write("220 hello\r\n");
    socket.setEncoding("utf8").on("data", (text: string) => {
      const [verb = ""] = text.split(/[ \r]/, 1);
      heard.push(verb);
      const answers: Record<string, string> = {
        EHLO: "250-hello\r\n250 STARTTLS",
        DATA: "354 go on",
      };
      socket.write(`${answers[verb] ?? "250 ok"}\r\n`);
    });
  });
  const delivery = await smtp({ smtpServer }, "web1", 2000)(envelopeTo("a@x.example"));
  expect(delivery).toMatchObject({ reached: true, taken: ["a@x.example"] });
  expect(heard.slice(0, 4)).toEqual(["EHLO", "MAIL", "RCPT", "DATA"]);
});

test("greylisting, a dead server, its return: one mail arrives, once", async () => {
  let greylisted = 0;
  const first = await server({
    onRcptTo: (_a, _s, done) => {
      greylisted++;
      done(refusing(451, "greylisted"));
    },
  });
  const it = desk(folder, {
    global: { ...settings, smtpServer: first.address },
    deliverBy: (global, hostname) => smtp(global, hostname, 2000),
  });
  it.notify();
  await it.pass(8);
  expect(greylisted).toBe(3);
  expect(it.mailer().health().problem).toContain("greylisted");
  await first.close();
  await it.pass(30);
  expect(it.mailer().health().problem).toContain("ECONNREFUSED");
  it.restart();
  const second = await server({}, first.port);
  await it.pass(60);
  expect(second.mails).toHaveLength(1);
  expect(it.mailer().health()).toMatchObject({ unsent: 0, waiting: 0, problem: undefined });
});
