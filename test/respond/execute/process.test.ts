import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunOrder } from "../../../src/core/order.ts";
import { connectExecutor } from "../../../src/respond/client-execute.ts";
import { addressOf, ended, remove } from "../machine.ts";
import { anOrder, openPlace, type Place, telling } from "./bench.ts";

let place: Place;
let processes: ChildProcess[] = [];

const patient = { timeout: 20_000 };

const commands = [
  { name: "page", executable: "page.sh", expect: ["srcip"], mayEnd: true },
  { name: "tell", executable: "page.sh", expect: [], mayEnd: false },
  { name: "shut", executable: "page.sh", expect: ["user"], mayEnd: true },
  { name: "slow", executable: "slow.sh", expect: ["srcip"], mayEnd: true },
  { name: "gone", executable: "gone.sh", expect: [], mayEnd: false },
];

beforeEach(() => {
  place = openPlace();
  processes = [];
  settle();
  place.executable("page.sh", telling);
});
afterEach(async () => {
  for (const child of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(ended));
  remove(place.root);
});

function settle(whiteList: readonly string[] = ["198.51.100.0/24"]): void {
  writeFileSync(place.paths.respondSettings, JSON.stringify({ whiteList, commands }));
}

function start(...options: string[]) {
  const program = ["src/bin/stockade-execute.ts", "--root", place.root, ...options];
  const child = spawn(process.execPath, program, { stdio: ["ignore", "inherit", "pipe"] });
  processes.push(child);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return Object.assign(child, { said: () => said });
}

const order = (more: Partial<RunOrder> = {}) =>
  connectExecutor(place.paths.executeSocket).order({ ...anOrder, ...more });
const bare = { address: undefined, location: undefined } as unknown as Partial<RunOrder>;

test("W21: killed and started again: what was done is undone once, on time, and not done twice", async () => {
  const first = start();
  expect(await order({ seconds: 6 })).toMatchObject({ ok: true });
  const journalFile = place.paths.activeResponsesLog;
  const read = () => (existsSync(journalFile) ? readFileSync(journalFile, "utf8") : "");
  await expect.poll(read, patient).toContain(" add ");
  first.kill("SIGKILL");
  await ended(first);
  expect(existsSync(place.paths.executions)).toBe(true);
  const second = start();
  expect(await order({ seconds: 6 })).toMatchObject({ ok: true });
  expect(second.said()).toContain("ready, 1 commands are to be undone");
  await expect.poll(() => place.calls().length, patient).toBe(2);
  expect(place.calls()).toEqual([
    "add|-|192.0.2.7|1763770000.5270|5712|/var/log/auth.log|-",
    "delete|-|192.0.2.7|1763770000.5270|5712|/var/log/auth.log|-",
  ]);
  await expect.poll(() => existsSync(place.paths.executions), patient).toBe(false);
  await expect.poll(read, patient).toContain("delete");
  const journal = read();
  const path = join(place.paths.executables, "page.sh");
  expect(journal).toMatch(new RegExp(`${path} add - 192\\.0\\.2\\.7 1763770000\\.5270 5712\\n`));
  expect(journal).toMatch(
    new RegExp(`${path} delete - 192\\.0\\.2\\.7 1763770000\\.5270 5712\\n$`),
  );
});

test("killed in the middle of a program: the order is sent again, and undone in the end", async () => {
  place.executable(
    "slow.sh",
    '#!/bin/sh\nif [ "$1" = add ] && [ ! -e TOLD ]; then echo begun > TOLD; sleep 60; fi\necho "$1" >> TOLD\n',
  );
  const first = start();
  const asked = order({ command: "slow", seconds: 7 });
  await expect.poll(place.calls, patient).toEqual(["begun"]);
  first.kill("SIGKILL");
  await ended(first);
  start();
  expect(await asked).toMatchObject({ ok: true });
  await expect.poll(place.calls, patient).toEqual(["begun", "delete"]);
});

test("SIGTERM ends it and undoes nothing; --undo undoes all", async () => {
  const first = start();
  await order();
  first.kill("SIGTERM");
  expect(await ended(first)).toBe(0);
  expect(place.calls()).toHaveLength(1);
  const second = start("--undo");
  expect(await ended(second)).toBe(0);
  expect(second.said()).toContain("1 commands were undone");
  expect(place.calls()).toHaveLength(2);
  expect(existsSync(place.paths.executions)).toBe(false);
});

describe("it believes nothing of whoever asks", () => {
  beforeEach(() => void start());

  test("untouchables are no failure, and nothing is run", async () => {
    for (const text of ["198.51.100.7", "127.0.0.1", "fe80::1", "169.254.169.254"]) {
      const answer = await order({ address: addressOf(text) });
      expect(answer).toMatchObject({ ok: false, isRight: true });
    }
    expect(place.calls()).toEqual([]);
  });

  test("a white list that has changed holds at once, a broken one changes nothing", async () => {
    expect(await order()).toMatchObject({ ok: true });
    settle(["203.0.113.0/24"]);
    expect(await order({ address: addressOf("203.0.113.9") })).toMatchObject({ ok: false });
    writeFileSync(place.paths.respondSettings, "{");
    expect(await order({ address: addressOf("203.0.113.9") })).toMatchObject({ ok: false });
    expect(await order({ address: addressOf("192.0.2.9") })).toMatchObject({ ok: true });
  });

  test.each<[string, Partial<RunOrder>, RegExp]>([
    ["a command that the settings do not have", { command: "other" }, /no command "other"/],
    ["an address too few", bare, /page expects srcip/],
    ["a user too many", { user: "bob" }, /page does not expect user/],
    ["an end for what has none", { ...bare, command: "tell" }, /tell cannot be undone/],
    [
      "a file that is not there",
      { ...bare, command: "gone", seconds: 0 },
      /gone\.sh does not exist/,
    ],
  ])("%s", async (_title, more, reason) => {
    expect(await order(more)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    expect(place.calls()).toEqual([]);
  });

  test.each([
    "",
    "no JSON",
    "{}",
    JSON.stringify({ ...anOrder, command: "../../bin/sh" }),
    JSON.stringify({ ...anOrder, command: "shut", address: undefined, user: "-d" }),
    JSON.stringify({ ...anOrder, command: "shut", address: undefined, user: "a b" }),
    JSON.stringify({ ...anOrder, address: "192.0.2.7; reboot" }),
    JSON.stringify({ ...anOrder, address: "host.example" }),
    JSON.stringify({ ...anOrder, location: "-rf" }),
    JSON.stringify({ ...anOrder, alert: "$(id)" }),
    JSON.stringify({ ...anOrder, extra: 1 }),
    "x".repeat(20_000),
  ])("a line that is no order is refused and its connection closed: %#", async (text) => {
    await expect.poll(() => existsSync(place.paths.executeSocket), patient).toBe(true);
    const answer = await new Promise<string>((resolve) => {
      let got = "";
      const socket = connect(place.paths.executeSocket, () => socket.write(`${text}\n`));
      socket.on("data", (chunk) => {
        got += chunk;
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(got));
    });
    // Of a line that was not read to its end the kernel may drop the answer.
    if (text.length < 20_000) expect(JSON.parse(answer)).toMatchObject({ ok: false });
    expect(place.calls()).toEqual([]);
    expect(await order()).toMatchObject({ ok: true });
  });

  test("only root and its group may open the socket", async () => {
    await order();
    expect(statSync(place.paths.executeSocket).mode & 0o777).toBe(0o660);
  });
});

test("nobody there: what is asked for waits a while, and what was given up says why", async () => {
  const patience = {
    mostAtOnce: 1,
    mostWaiting: 1,
    awayMilliseconds: 200,
    againMilliseconds: 50,
    answerMilliseconds: 1000,
  };
  const executor = connectExecutor(place.paths.executeSocket, patience);
  const answers = await Promise.all([1, 2, 3].map(() => executor.order(anOrder)));
  expect(answers.map((answer) => !answer.ok && answer.reason)).toEqual([
    expect.stringContaining("is away: connect ENOENT"),
    expect.stringContaining("is away: connect ENOENT"),
    "1 commands wait to be run",
  ]);
});

test("settings that cannot be read after a reboot: the last good ones do", async () => {
  const first = start();
  await order();
  first.kill("SIGTERM");
  await ended(first);
  writeFileSync(place.paths.respondSettings, "{");
  const second = start();
  expect(await order({ address: addressOf("192.0.2.9") })).toMatchObject({ ok: true });
  expect(second.said()).toContain("starting with the last good settings");
});
