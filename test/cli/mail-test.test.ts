import { appendFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";

let scratch: Scratch;
let server: SMTPServer | undefined;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(async () => {
  server?.close();
  await scratch.remove();
});

/** Takes mail as Postfix does, and writes into its log what became of it: `fate`, behind "status=". */
async function postfix(fate: string): Promise<() => string> {
  let mail = "";
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, { envelope }, answer) {
      void text(stream).then((taken) => {
        mail = taken;
        answer();
        const [, id] = /^Message-ID: (<[^>]+>)/m.exec(taken) ?? [];
        const log = (line: string) =>
          appendFileSync(
            join(scratch.root, "var/log/mail.log"),
            `Nov 22 10:00:01 web1 postfix/${line}\n`,
          );
        log(`cleanup[7]: 4cABCD1234: message-id=${id}`);
        const to = envelope.rcptTo.map(({ address }) => address);
        if (fate === "") return;
        for (const address of to) {
          log(
            `smtp[8]: 4cABCD1234: to=<${address}>, relay=smtp.mailgun.org[192.0.2.1]:587, delay=1, dsn=2.0.0, status=${fate}`,
          );
        }
      });
    },
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  scratch.settings(
    `<global><smtp_server>127.0.0.1:${port}</smtp_server><email_to>a@example.net</email_to><email_to>b@example.net</email_to><email_from>stockade@example.com</email_from></global>`,
  );
  return () => mail;
}

test("a mail that the relay took is followed to its end", async () => {
  const mail = await postfix("sent (250 Great success)");
  const { stdout, exitCode } = await scratch.cli(["mail", "test"]);
  expect(stdout).toMatch(/took it, from stockade@example\.com to a@example\.net, b@example\.net$/m);
  expect(stdout).toMatch(
    /4cABCD1234 status=sent by smtp\.mailgun\.org\[192\.0\.2\.1\]:587: 250 Great success$/m,
  );
  expect(exitCode).toBe(0);
  expect(mail()).toMatch(/^Subject: Stockade test mail from /m);
});

test("what the relay refuses is told with its reason and the fix, in JSON too", async () => {
  await postfix(
    "bounced (host smtp.mailgun.org said: 550 5.7.1 Sandbox subdomains are for test purposes only)",
  );
  const { stdout, exitCode } = await scratch.cli(["mail", "test", "--to", "c@example.net"]);
  expect(stdout).toContain("status=bounced");
  expect(stdout).toMatch(/fix: confirm the recipient at the relay/);
  expect(exitCode).toBe(1);
  const json = await scratch.cli(["mail", "test", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    queueId: "4cABCD1234",
    fix: expect.any(String),
  });
});

test("where nobody says what became of it, that is said, with exit code 2", async () => {
  await postfix("");
  const { stdout, exitCode } = await scratch.cli(["mail", "test", "--for", "1s"]);
  expect(stdout).toMatch(/4cABCD1234 is still on its way after 1 s/);
  expect(exitCode).toBe(2);
});

test("without a Postfix the fix is to start it; a wrong address is wrong usage", async () => {
  const { stdout, exitCode } = await scratch.cli(["mail", "test"]);
  expect(stdout).toMatch(/nobody takes mail at 127\.0\.0\.1:1\n.*fix: systemctl restart postfix/);
  expect(exitCode).toBe(1);
  expect(await scratch.cli(["mail", "test", "--to", "x y"])).toMatchObject({ exitCode: 64 });
});
