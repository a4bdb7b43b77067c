import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
  writeFileSync(scratch.log, "");
});
afterEach(async () => {
  await scratch.cli(["stop"]);
  await scratch.remove();
});

const settings = () => readFileSync(join(scratch.root, "etc/stockade/stockade.conf"), "utf8");
const observing = "<active-response><observe>yes</observe></active-response>";
const status = async () => JSON.parse((await scratch.cli(["status", "--json"])).stdout);
const isObserving = async () => (await status()).daemon?.observing.all;
const inForce = (is: boolean) => until(async () => (await isObserving()) === is, "the settings");

test("a change whose before could not come back is refused at once", async () => {
  await scratch.cli(["start"]);
  // As on a disk that is mounted read-only: nothing can be put there.
  scratch.write("etc/stockade/.stockade-coming", "");
  scratch.settings(observing);
  expect(await scratch.cli(["reload", "--confirm", "5m"])).toMatchObject({
    exitCode: 69,
    stderr: expect.stringMatching(/could not come back: .*\nhint: make it writable/),
  });
  expect(await isObserving()).toBe(false);
  expect((await status()).problems).toEqual(
    expect.not.arrayContaining([expect.stringContaining("stockade confirm")]),
  );
});

test("what nobody confirms goes: settings, rules, owners and modes are as before, and it is told", async () => {
  scratch.rule('<group name="x"><rule id="100100" level="3"><match>x</match></rule></group>');
  mkdirSync(join(scratch.root, "etc/stockade/lists"));
  scratch.write("etc/stockade/lists/friends", "a:b\n");
  await scratch.cli(["start"]);
  const before = { text: settings(), mode: statSync(join(scratch.root, "etc/stockade")).mode };

  scratch.settings(observing);
  scratch.write(
    "etc/stockade/rules/more.xml",
    '<group name="y"><rule id="100101" level="3"><match>y</match></rule></group>',
  );
  scratch.write("etc/stockade/lists/friends", "c:d\n");
  const { stdout } = await scratch.cli(["reload", "--confirm", "12s"]);
  expect(stdout).toMatch(
    /those of before come back at \d{4}-.*, unless you say: stockade confirm$/,
  );
  await inForce(true);
  expect((await status()).problems).toContainEqual(
    expect.stringMatching(/^the settings of before come back at .*: stockade confirm$/),
  );
  expect(await scratch.cli(["reload", "--confirm", "5m"])).toMatchObject({
    exitCode: 69,
    stderr: expect.stringContaining("hint: stockade confirm, or stockade rollback"),
  });

  await inForce(false);
  expect(settings()).toBe(before.text);
  expect(statSync(join(scratch.root, "etc/stockade")).mode).toBe(before.mode);
  expect(existsSync(join(scratch.root, "etc/stockade/rules/more.xml"))).toBe(false);
  expect(readFileSync(join(scratch.root, "etc/stockade/lists/friends"), "utf8")).toBe("a:b\n");
  const refused = join(scratch.root, "var/lib/stockade/settings/unconfirmed/stockade.conf");
  expect(readFileSync(refused, "utf8")).toContain(observing);
  const alerts = () =>
    readFileSync(join(scratch.root, "var/log/stockade/alerts/alerts.log"), "utf8");
  await until(() => alerts().includes("Rule: 309017 (level 9)"), "the alert");
  expect((await scratch.cli(["confirm"])).exitCode).toBe(1);
});

test("what is confirmed stays, and is what the next change goes back to", async () => {
  await scratch.cli(["start"]);
  scratch.settings(observing);
  await scratch.cli(["reload", "--confirm", "5m"]);
  await inForce(true);
  expect(await scratch.cli(["confirm"])).toMatchObject({
    exitCode: 0,
    stdout: "the settings are in force for good",
  });
  scratch.settings("");
  await scratch.cli(["reload", "--confirm", "5m"]);
  await inForce(false);
  expect(await scratch.cli(["rollback"])).toMatchObject({
    exitCode: 0,
    stdout: "the settings of before are in force again",
  });
  await inForce(true);
  expect(settings()).toContain(observing);
  expect((await scratch.cli(["rollback"])).exitCode).toBe(1);
});

test("a start of the machine in the meantime brings the settings of before", async () => {
  await scratch.cli(["start"]);
  scratch.settings(observing);
  await scratch.cli(["reload", "--confirm", "5m"]);
  await scratch.cli(["stop"]);
  const note = join(scratch.root, "var/lib/stockade/settings/waiting.json");
  const waiting = JSON.parse(readFileSync(note, "utf8"));
  // Not yet: it was only stopped.
  await scratch.cli(["start"]);
  await inForce(true);
  await scratch.cli(["stop"]);
  writeFileSync(note, JSON.stringify({ ...waiting, boot: "another" }));
  await scratch.cli(["start"]);
  await inForce(false);
  expect(settings()).not.toContain(observing);
});

const history = (name: string) => join(scratch.root, "var/lib/stockade/settings", name);
const waitingUntil = (until: number) => {
  const note = JSON.parse(readFileSync(history("waiting.json"), "utf8"));
  writeFileSync(history("waiting.json"), JSON.stringify({ ...note, until }));
};

test("what is over is no base of a reload, and comes back without a start of what was stopped", async () => {
  await scratch.cli(["start"]);
  scratch.settings(observing);
  await scratch.cli(["reload", "--confirm", "5m"]);
  await scratch.cli(["stop"]);
  waitingUntil(1);
  for (const options of [[], ["--confirm", "5m"]]) {
    expect(await scratch.cli(["reload", ...options])).toMatchObject({
      exitCode: 69,
      stderr: expect.stringMatching(/come back\nhint: stockade rollback.*stockade confirm$/),
    });
  }
  expect((await scratch.cli(["rollback"])).exitCode).toBe(0);
  expect(settings()).not.toContain(observing);
  expect((await status()).daemon).toBeUndefined();
  expect((await scratch.cli(["rollback", "--if-any"])).exitCode).toBe(0);
});

test("what cannot come back is tried again, and told once", async () => {
  await scratch.cli(["start"]);
  scratch.settings(observing);
  await scratch.cli(["reload", "--confirm", "5m"]);
  await inForce(true);
  renameSync(history("in-force"), history("away"));
  waitingUntil(1);
  const said = () => readFileSync(join(scratch.root, "var/log/stockade/stockade.log"), "utf8");
  await until(() => said().includes("settings of before cannot come back"), "the trouble");
  expect((await status()).problems).toContainEqual(
    "settings of before have not come back wholly yet: stockade rollback",
  );
  renameSync(history("away"), history("in-force"));
  await inForce(false);
  expect(said().split("settings of before cannot come back")).toHaveLength(2);
});

test("killed before the processes were told: they are, and only then it is over", async () => {
  await scratch.cli(["start"]);
  const before = settings();
  scratch.settings(observing);
  await scratch.cli(["reload", "--confirm", "5m"]);
  await inForce(true);
  writeFileSync(join(scratch.root, "etc/stockade/stockade.conf"), before);
  renameSync(history("waiting.json"), history("returned.json"));
  await inForce(false);
  await until(() => !existsSync(history("returned.json")), "the end of it");
});

test("settings that are wrong change nothing and wait for nobody", async () => {
  await scratch.cli(["start"]);
  scratch.settings("<oops/>");
  expect((await scratch.cli(["reload", "--confirm", "5m"])).exitCode).toBe(78);
  scratch.settings("");
  for (const time of ["5", "0m", "2d", "x"]) {
    expect((await scratch.cli(["reload", "--confirm", time])).exitCode).toBe(64);
  }
  expect((await scratch.cli(["confirm"])).exitCode).toBe(1);
});
