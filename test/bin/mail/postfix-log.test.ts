import { expect, test } from "vitest";
import { fateIn } from "../../../src/bin/mail/postfix-log.ts";

const id = "stockade-test.0123456789abcdef@example.com";
const isOurs = (one: string) => one === id;
const journal = (program: string, text: string) =>
  `Nov 22 10:00:01 web1 postfix/${program}[77]: ${text}`;

test("the relay took it", () => {
  const log = [
    journal("cleanup", `4cXyZ12345: message-id=<${id}>`),
    journal(
      "smtp",
      "4cOther111: to=<b@example.net>, relay=x[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (no)",
    ),
    journal(
      "smtp",
      "4cXyZ12345: to=<a@example.net>, relay=smtp.mailgun.org[192.0.2.1]:587, delay=0.9, delays=0/0/1/1, dsn=2.0.0, status=sent (250 Great success)",
    ),
  ].join("\n");
  expect(fateIn(log, isOurs)).toEqual({
    queueIds: ["4cXyZ12345"],
    recipients: [
      {
        to: "a@example.net",
        status: "sent",
        relay: "smtp.mailgun.org[192.0.2.1]:587",
        reason: "250 Great success",
      },
    ],
  });
});

test("an alias hands it on under another name, and that one's end counts; the latest word too", () => {
  const log = [
    journal("cleanup", `AAAAA1: message-id=<${id}>`),
    journal(
      "local",
      "AAAAA1: to=<root@web1>, orig_to=<root@localhost>, relay=local, delay=0, dsn=2.0.0, status=sent (forwarded as BBBBB2)",
    ),
    journal(
      "smtp",
      "BBBBB2: to=<a@example.net>, orig_to=<root@localhost>, relay=none, delay=30, dsn=4.4.1, status=deferred (connect to x[192.0.2.1]:587: Connection timed out)",
    ),
  ];
  expect(fateIn(log.join("\n"), isOurs).recipients).toMatchObject([
    { status: "deferred", relay: "none" },
  ]);
  log.push(
    journal(
      "smtp",
      "BBBBB2: to=<a@example.net>, relay=y[192.0.2.2]:587, delay=31, dsn=2.0.0, status=sent (250 ok)",
    ),
  );
  expect(fateIn(log.join("\n"), isOurs)).toMatchObject({
    queueIds: ["AAAAA1", "BBBBB2"],
    recipients: [{ status: "sent" }],
  });
});

test("what somebody else writes is not its end", () => {
  const log = journal(
    "smtp",
    "CCCCC3: to=<a@example.net>, relay=x, delay=0, dsn=2.0.0, status=sent (250 ok)",
  );
  expect(fateIn(log, isOurs)).toEqual({ queueIds: [], recipients: [] });
});
