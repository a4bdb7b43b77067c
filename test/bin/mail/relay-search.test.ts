import { expect, test } from "vitest";
import { doorsOf, readRelay, searchRelay } from "../../../src/bin/mail/relay-search.ts";
import { adviceAfter } from "../../../src/bin/mail/relay-words.ts";
import type { Answer, Door } from "../../../src/report/relay.ts";

const us = "smtp.mailgun.org";
const eu = "smtp.eu.mailgun.org";
const account = { user: "postmaster@mail.example.com", password: "x" };
const works: Answer = { kind: "works", verified: true };
const refuses: Answer = { kind: "refuses", reason: "535 no" };
const silent: Answer = { kind: "silent", reason: "timed out" };

/** What each door says; all others are silent. */
const world = (says: Record<string, Answer>) => async (door: Door) =>
  says[`${door.host}:${door.port}`] ?? silent;

const search = async (says: Record<string, Answer>, doors = doorsOf(us)) =>
  (await searchRelay(doors, account, world(says))).map(
    ({ host, port, answer }) => `${host}:${port} ${answer.kind}`,
  );

test("587, 2525 and 465 are tried in that order, until one works", async () => {
  expect(await search({ [`${us}:465`]: works })).toEqual([
    `${us}:587 silent`,
    `${us}:2525 silent`,
    `${us}:465 works`,
  ]);
  expect(await search({ [`${us}:587`]: works, [`${us}:465`]: works })).toEqual([`${us}:587 works`]);
});

test("what works now comes first, and a port that was named is the only one", () => {
  const ports = (doors: Door[]) => doors.map(({ port }) => port);
  expect(ports(doorsOf(us, undefined, { host: us, port: 2525 }))).toEqual([2525, 587, 465]);
  expect(ports(doorsOf(us, undefined, { host: eu, port: 2525 }))).toEqual([587, 2525, 465]);
  expect(ports(doorsOf(us, 2525))).toEqual([2525]);
});

test("a refused login is asked of the other region, and of no other port", async () => {
  expect(await search({ [`${us}:587`]: refuses, [`${eu}:587`]: works })).toEqual([
    `${us}:587 refuses`,
    `${eu}:587 works`,
  ]);
  const nowhere = { [`${us}:587`]: refuses, [`${us}:2525`]: works, [`${eu}:587`]: refuses };
  expect(await search(nowhere)).toEqual([`${us}:587 refuses`]);
  const other = [{ host: "relay.example.com", port: 587 }];
  expect(await search({ "relay.example.com:587": refuses }, other)).toEqual([
    "relay.example.com:587 refuses",
  ]);
});

test("each trouble has its one command", () => {
  const set = { host: us, port: 587 };
  const at = (host: string, port: number, answer: Answer) => ({ host, port, answer });
  expect(adviceAfter(set, [at(us, 587, works)])).toBeUndefined();
  expect(adviceAfter(set, [at(us, 587, silent), at(us, 2525, works)])).toEqual({
    means: `port 587 is closed on the way to ${us}, port 2525 works`,
    fix: `sudo stockade mail relay --use ${us}:2525`,
  });
  expect(adviceAfter(set, [at(us, 587, refuses), at(eu, 587, works)])).toMatchObject({
    fix: `sudo stockade mail relay --use ${eu}:587`,
  });
  expect(adviceAfter(set, [at(us, 587, refuses)])?.fix).toContain("--password-file FILE");
  expect(adviceAfter(set, [at(us, 587, silent), at(us, 465, silent)])?.means).toMatch(
    /answers on none of the ports 587, 465/,
  );
});

test.each([
  ["[smtp.mailgun.org]:587", { host: us, port: 587 }],
  ["smtp.mailgun.org", { host: us }],
  ["two words", undefined],
  ["-oProxy:25", undefined],
])("%s", (text, relay) => {
  expect(readRelay(text)).toEqual(relay);
});
