import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accountedFor, desk, settings, takeAll, unreachable } from "./desk.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-mailer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const texts = ({ sent }: ReturnType<typeof desk>) => sent.map(({ text }) => text);

describe("grouping", () => {
  test("an alert waits five seconds; those of a scan share one mail, the worst first", async () => {
    const it = desk(folder);
    it.notify({ level: 9, description: "lesser" });
    await it.pass(3);
    it.notify({ level: 11, description: "worst" });
    it.notify({ level: 10, description: "middle" });
    await it.pass(1);
    expect(it.sent).toEqual([]);
    await it.pass(1);
    expect(it.sent.map(({ subject }) => subject)).toEqual([
      "Stockade Alert - host - Level 11 - worst (and 2 more)",
    ]);
    expect(texts(it)[0]?.match(/fired.*/g)).toEqual([
      'fired (level 11) -> "worst"',
      'fired (level 10) -> "middle"',
      'fired (level 9) -> "lesser"',
    ]);
    await it.pass(600);
    expect(it.sent).toHaveLength(1);
  });

  test("the head says what programs need", async () => {
    const it = desk(folder, {
      global: { ...settings, emailTo: ["a@example.com", "b@example.com"] },
    });
    it.notify({ level: 11, rule: 300012 });
    await it.pass(5);
    expect(it.sent[0]?.to).toEqual(["a@example.com", "b@example.com"]);
    const head = it.sent[0]?.head.replaceAll("\r\n", "\n").replace(/^Date: .*$/m, "Date: …");
    expect(head).toBe(`From: Stockade HIDS <stockade@mail.example.com>
To: a@example.com,
 b@example.com
Subject: Stockade Alert - host - Level 11 - SSHD authentication failed.
Date: …
Message-ID: <stockade.1763770000.0.${it.state.now}@web1>
Auto-Submitted: auto-generated
X-Stockade-Rule: 300012
X-Stockade-Level: 11
X-Stockade-Alert: 1763770000.0
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit`);
  });

  test("a server with an identity says in the head of a mail which one it is", async () => {
    const server = "6f1d6a0e-7d0c-4f3e-9a55-0d1f2b3c4d5e";
    const it = desk(folder, { server });
    it.notify();
    await it.pass(5);
    expect(it.sent[0]?.head).toContain(`\r\nX-Stockade-Server: ${server}\r\n`);
  });

  test("twenty in full, the rest counted by rule and source", async () => {
    const it = desk(folder);
    for (let n = 0; n < 504; n++) it.notify({ fields: { srcip: `192.0.2.${n % 12}` } });
    await it.pass(5);
    expect(accountedFor(texts(it))).toBe(504);
    expect(texts(it)[0]?.match(/^ --END OF NOTIFICATION$/gm)).toHaveLength(20);
    expect(texts(it)[0]).toContain(
      'And 484 more alerts, not shown in full:\n  484 x rule 5716 (level 9) "SSHD authentication failed.", from 12 addresses, ',
    );
  });

  test("email_notification no: nothing is kept, nothing is sent", async () => {
    const it = desk(folder, { global: { ...settings, emailNotification: false } });
    it.notify();
    await it.pass(10);
    expect(it.sent).toEqual([]);
    expect(it.mailer().health().waiting).toBe(0);
  });
});

describe("the hour's budget", () => {
  test("the last mail of an hour is kept for something worse; what is left comes as one digest", async () => {
    const it = desk(folder);
    for (let n = 0; n < 10; n++) {
      it.notify({ level: 9 });
      await it.pass(60);
    }
    expect(it.sent).toHaveLength(5);
    expect(it.sent[4]?.text).toContain(
      "No more alerts are mailed in this hour, unless something worse happens.",
    );
    it.notify({ level: 10, description: "worse" });
    await it.pass(5);
    expect(it.sent).toHaveLength(6);
    expect(it.sent[5]?.subject).toContain("worse (and 5 more)");
    expect(it.sent[5]?.text).toContain("No more alerts are mailed in this hour. ");
    it.notify({ level: 15 });
    it.notify({ level: 9 });
    await it.pass(3600 - 605 - 1);
    expect(it.sent).toHaveLength(6);
    await it.pass(1);
    expect(it.sent).toHaveLength(7);
    expect(it.sent[6]?.subject).toBe(
      "Stockade Digest - host - 2 alerts - Level 15 - SSHD authentication failed.",
    );
    expect(accountedFor(texts(it))).toBe(13);
    // The digest is outside the budget of the hour in which it arrives.
    for (let n = 0; n < 5; n++) {
      it.notify();
      await it.pass(6);
    }
    expect(it.sent).toHaveLength(12);
  });

  test("a level of 12 may have the last mail even when there was a graver one", async () => {
    const it = desk(folder, { global: { ...settings, emailMaxPerHour: 2 } });
    for (const level of [14, 11, 12]) {
      it.notify({ level });
      await it.pass(10);
    }
    expect(it.sent.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("Level 14"),
      expect.stringContaining("Level 12"),
    ]);
  });

  test("is counted across restarts, and so is what waits for the digest", async () => {
    const it = desk(folder);
    for (let n = 0; n < 20; n++) {
      it.notify();
      await it.pass(6);
      it.restart();
    }
    expect(it.sent).toHaveLength(5);
    it.state.now += 5 * 3_600_000;
    it.restart();
    await it.pass(1);
    expect(it.sent).toHaveLength(6);
    expect(it.sent[5]?.subject).toContain("Digest - host - 15 alerts");
    expect(accountedFor(texts(it))).toBe(20);
  });

  test("a clock that jumps ahead and back neither eats the budget nor stops the mail", async () => {
    const it = desk(folder);
    const year = 365 * 24 * 3_600_000;
    it.state.now += year;
    for (let n = 0; n < 8; n++) {
      it.notify();
      await it.pass(6);
    }
    it.state.answer = unreachable;
    it.notify();
    await it.pass(6);
    it.state.now -= year;
    it.state.answer = takeAll;
    it.notify();
    await it.pass(20);
    expect(accountedFor(texts(it))).toBe(10);
  });
});

describe("W27: no alert is lost", () => {
  test.each([6, 12])(
    "600 alerts of level 8 in a minute, %i mails an hour",
    async (emailMaxPerHour) => {
      const it = desk(folder, { global: { ...settings, emailMaxPerHour } });
      const start = it.state.now;
      let graveAt = 0;
      for (let n = 0; n < 60; n++) {
        for (let m = 0; m < 10; m++) it.notify({ level: 8, fields: { srcip: `192.0.2.${m}` } });
        if (n === 40) {
          graveAt = it.state.now;
          it.notify({ level: 10, description: "grave" });
        }
        await it.pass(1);
      }
      const grave = it.sent.find(({ subject }) => subject.includes("grave"));
      expect((grave?.at ?? Number.NaN) - graveAt).toBeLessThan(10_000);
      expect((it.sent[0]?.at ?? Number.NaN) - start).toBeLessThan(10_000);
      await it.pass(3540);
      expect(it.sent.length).toBeLessThanOrEqual(emailMaxPerHour + 1);
      expect(accountedFor(texts(it))).toBe(601);
    },
  );

  test("a flood beyond the outbox is counted, and the gravest stay whole", async () => {
    const it = desk(folder, { room: { alerts: 100, bytes: 1 << 20 } });
    it.state.answer = unreachable;
    for (let n = 0; n < 5000; n++) it.notify({ level: 9, fields: { srcip: `192.0.2.${n % 250}` } });
    it.mailer().flush();
    for (let n = 0; n < 15; n++) it.notify({ level: 14, description: "grave" });
    await it.pass(4);
    it.restart();
    it.state.answer = takeAll;
    await it.pass(2);
    expect(it.sent).toHaveLength(1);
    expect(accountedFor(texts(it))).toBe(5015);
    expect(texts(it)[0]?.match(/fired \(level 14\)/g)).toHaveLength(15);
    expect(texts(it)[0]).toMatch(/4995 x rule 5716 \(level 9\) .*from 250 addresses/);
  });

  test("an outbox is bounded in bytes too", async () => {
    const it = desk(folder, { room: { alerts: 10_000, bytes: 1 << 20 } });
    for (let n = 0; n < 1000; n++) it.notify({ previous: Array(50).fill("x".repeat(1000)) });
    it.mailer().flush();
    expect(it.mailer().health().waiting).toBeLessThan(30);
    await it.pass(5);
    expect(accountedFor(texts(it))).toBe(1000);
    expect(it.sent[0]?.letter.length).toBeLessThan(200_000);
  });
});

describe("a server that does not take mail", () => {
  test("is tried again with growing pauses; alerts gather into one mail meanwhile", async () => {
    const it = desk(folder);
    const attempts: number[] = [];
    const start = it.state.now;
    it.state.answer = () => {
      attempts.push((it.state.now - start) / 1000);
      return unreachable();
    };
    for (let n = 0; n < 400; n++) {
      it.notify();
      await it.pass(3);
    }
    expect(attempts.slice(0, 8)).toEqual([5, 6, 8, 12, 20, 36, 68, 132]);
    expect(attempts.slice(10).map((at, n) => at - (attempts[n + 9] ?? 0))).toEqual([300, 300]);
    expect(it.mailer().health().problem).toContain("ECONNREFUSED");
    expect(it.log.said).toHaveLength(2);
    it.state.answer = takeAll;
    await it.pass(310);
    expect(it.sent).toHaveLength(2);
    expect(accountedFor(texts(it))).toBe(400);
    expect(it.mailer().health()).toMatchObject({ waiting: 0, unsent: 0, problem: undefined });
  });

  test("a recipient that is refused for good does not cost the others their mail", async () => {
    const global = {
      ...settings,
      emailTo: ["good@example.com", "bad@example.com", "slow@example.com"],
    };
    const it = desk(folder, { global });
    const asked: (readonly string[])[] = [];
    it.state.answer = ({ to }) => {
      asked.push(to);
      const taken = to.filter((one) => one.startsWith("good") || asked.length > 2);
      const refused = to
        .filter((one) => !taken.includes(one))
        .map((recipient) => ({ recipient, permanent: recipient.startsWith("bad"), reason: "no" }));
      return { reached: true, taken, refused };
    };
    it.notify();
    await it.pass(60);
    expect(asked).toEqual([global.emailTo, ["slow@example.com"], ["slow@example.com"]]);
    expect(it.mailer().health()).toMatchObject({ unsent: 0, spent: 1 });
    const ids = it.sent.map(({ head }) => /^Message-ID: .*$/m.exec(head)?.[0]);
    expect(new Set(ids).size).toBe(1);
  });

  test("a mail that nobody may have is kept, and goes when the settings are mended", async () => {
    const it = desk(folder);
    it.state.answer = ({ to }) => ({
      reached: true,
      taken: to.filter((one) => one.startsWith("right")),
      refused: to.map((recipient) => ({ recipient, permanent: true, reason: "550 no" })),
    });
    it.notify();
    await it.pass(1000);
    expect(it.sent).toEqual([]);
    expect(it.mailer().health()).toMatchObject({
      unsent: 1,
      problem: expect.stringContaining("550 no"),
    });
    it.mailer().configure({ ...settings, emailTo: ["right@example.com"] });
    await it.pass(1);
    expect(it.sent.map(({ to }) => to)).toEqual([["right@example.com"]]);
  });

  test("is not tried for ever", async () => {
    const it = desk(folder);
    it.state.answer = ({ to }) => ({
      reached: true,
      taken: [],
      refused: to.map((recipient) => ({ recipient, permanent: false, reason: "451 later" })),
    });
    it.notify();
    await it.pass(10);
    it.state.now += 6 * 24 * 3_600_000;
    await it.pass(1);
    expect(it.mailer().health().unsent).toBe(0);
    expect(it.log.said.at(-1)).toMatch(/^given up after five days/);
  });
});

describe("the outbox", () => {
  test("keeps what was flushed over a restart without a goodbye, and hurries at close", async () => {
    const it = desk(folder);
    it.notify({ description: "before" });
    it.mailer().flush();
    it.restart();
    it.notify({ description: "after" });
    await it.mailer().close();
    expect(accountedFor(texts(it))).toBe(2);
    it.restart();
    await it.pass(10);
    expect(it.sent).toHaveLength(1);
  });

  test("closes in time when the server hangs, and keeps the mail", async () => {
    const it = desk(folder, {
      closeMilliseconds: 50,
      deliverBy: () => () => new Promise(() => {}),
    });
    it.notify();
    await it.mailer().close();
    const next = desk(folder);
    await next.pass(1);
    expect(accountedFor(texts(next))).toBe(1);
  });

  test.each([
    ["no database", "This is no database. ".repeat(1000)],
    ["half a database", undefined],
  ])("%s is set aside, and said", async (_, content) => {
    const first = desk(folder);
    for (let n = 0; n < 500; n++) first.notify({ line: "x".repeat(900) });
    first.mailer().flush();
    await first.mailer().close();
    const path = join(folder, "mail.db");
    writeFileSync(path, content ?? readFileSync(path).fill(7, 4096, 12_288));
    const it = desk(folder);
    expect(it.log.said[0]).toMatch(/cannot be used: .*set aside as ".*mail\.db\.damaged"/);
    expect(readdirSync(folder)).toContain("mail.db.damaged");
    it.notify();
    await it.pass(5);
    expect(it.sent).toHaveLength(1);
  });

  test("is for the daemon's eyes only", () => {
    const it = desk(folder);
    it.notify();
    it.mailer().flush();
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
  });

  test("without a disk mail goes on from memory, and returns to the disk", async () => {
    writeFileSync(join(folder, "file"), "");
    const state = join(folder, "file", "state");
    const it = desk(state);
    expect(it.log.said[0]).toMatch(/^cannot keep unsent mail in .*kept in memory$/);
    it.notify();
    await it.pass(5);
    expect(it.sent).toHaveLength(1);
    it.notify();
    rmSync(join(folder, "file"));
    it.state.answer = unreachable;
    await it.pass(61);
    expect(it.log.said.at(-1)).toMatch(/^unsent mail is kept in .* again$/);
    const next = desk(state);
    next.state.now = it.state.now;
    await next.pass(1);
    expect(accountedFor(texts(next))).toBe(1);
    expect(next.mailer().health().spent).toBe(2);
  });
});
