import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { joinerOf } from "../../../src/collect/join/formats.ts";
import { type FollowFileOptions, followFile } from "../../../src/collect/logs/file.ts";
import { openPositions, type Positions } from "../../../src/collect/logs/positions.ts";
import type { FollowedLog } from "../../../src/config/local-file.ts";
import { collectLog } from "../collect-log.ts";
import { drive } from "../drive.ts";
import { kill, startProcesses, until } from "../processes.ts";

let folder: string;
let path: string;
let positions: Positions;
let running: ReturnType<typeof drive>[];
const processes = startProcesses();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-entries-"));
  path = join(folder, "app.log");
  positions = openPositions(join(folder, "state"), collectLog().log);
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await processes.endAll();
  positions.close();
  rmSync(folder, { recursive: true });
});

type Format = Exclude<FollowedLog["logFormat"], "multi-line" | "multi-line-regex">;

function sourceOf(logFormat: Format, options: Partial<FollowFileOptions> = {}) {
  const openJoiner = joinerOf({ logFormat, location: path });
  return followFile({
    path,
    format: "syslog",
    positions,
    log: collectLog().log,
    clock: Date.now,
    from: "start",
    pollMs: 20,
    ...(openJoiner && { openJoiner: () => openJoiner(path) }),
    ...options,
  });
}
function follow(source = sourceOf("postgresql_log")) {
  const one = drive(source);
  running.push(one);
  return one;
}

/** Time that stands still: nothing is passed on because it has waited. */
const patient = () => sourceOf("postgresql_log", { clock: () => 1_700_000_000_000 });

test("an entry is passed on with the next one, or after a second", async () => {
  writeFileSync(path, "one\n\tmore\ntwo\n");
  const start = Date.now();
  const one = follow();
  await one.until(1);
  expect(one.texts()).toEqual(["one more"]);
  await one.until(2);
  expect(one.texts()).toEqual(["one more", "two"]);
  expect(Date.now() - start).toBeGreaterThanOrEqual(950);
  expect(Date.now() - start).toBeLessThan(5000);
});

test("a rotation by rename in the middle of an entry, the rest in the new file", async () => {
  writeFileSync(path, "zero\none\n\ttwo\n");
  const one = follow(patient());
  await one.until(1);
  renameSync(path, `${path}.1`);
  writeFileSync(path, "\tthree\nnext\n");
  await one.until(2);
  expect(one.texts()).toEqual(["zero", "one two three"]);
});

test("a copytruncate in the middle of an entry, and one line more before it", async () => {
  writeFileSync(path, "zero\none\n\ttwo\n");
  const one = follow(patient());
  await one.until(1);
  appendFileSync(path, "\tthree\n");
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  appendFileSync(path, "\tfour\nnext\n");
  await one.until(2);
  expect(one.texts()).toEqual(["zero", "one two three four"]);
});

test("W9, W16: a kill in the middle of an entry, which is read again from its beginning", async () => {
  const [state, output] = [join(folder, "own"), join(folder, "seen")];
  writeFileSync(path, "zero\none\n\ttwo\n");
  const first = processes.entryFollower(path, state, output);
  await until(() => existsSync(output) && readFileSync(output, "utf8").includes("zero"), "zero");
  await kill(first, "SIGKILL");
  appendFileSync(path, "\tthree\nnext\n");
  const second = processes.entryFollower(path, state, output);
  await until(() => readFileSync(output, "utf8").includes("next"), "next");
  await kill(second, "SIGTERM");
  const seen = readFileSync(output, "utf8").replaceAll(/^batch \d+\n/gm, "");
  // The batch with "zero" may not have been done when the kill came.
  expect(seen).toMatch(/^(?:zero\n){1,2}one two three\nnext\n$/);
});

test("W9: an end in the middle of an entry over two files, both read again", async () => {
  writeFileSync(path, "zero\none\n");
  const one = follow(patient());
  await one.until(1);
  renameSync(path, `${path}.1`);
  writeFileSync(path, "\ttwo\n");
  await one.stop();
  appendFileSync(path, "\tthree\nnext\n");
  const other = follow(patient());
  await other.until(1);
  expect(other.texts()).toEqual(["one two three"]);
});

test("W9: an end while an entry is open that began in what is now a copy", async () => {
  const record = (number: number, type: string) => `type=${type} msg=audit(1.2:${number}): a\n`;
  const patientAudit = () => sourceOf("audit", { clock: () => 1_700_000_000_000 });
  writeFileSync(path, record(1, "SYSCALL"));
  const source = patientAudit();
  const one = follow(source);
  await until(() => source.health().state === "following", "following");
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  appendFileSync(path, record(2, "PROCTITLE"));
  await one.until(1);
  await one.stop();
  appendFileSync(path, record(1, "PROCTITLE"));
  const other = follow(patientAudit());
  await other.until(2);
  const whole = `${record(1, "SYSCALL").trim()} ${record(1, "PROCTITLE").trim()}`;
  expect(other.texts()).toContain(whole);
});

test("what is left out is not read again either", async () => {
  const flow = `{"event_type":"flow","n":"${"x".repeat(100)}"}\n`;
  writeFileSync(path, flow.repeat(2000));
  const source = sourceOf("eve");
  const one = follow(source);
  await until(() => source.health().skipped === 2000, "all lines");
  await until(() => /"offset":[1-9]/.test(positions.load(`file:${path}`) ?? ""), "a position");
  await one.stop();
  const again = sourceOf("eve");
  const other = follow(again);
  appendFileSync(path, '{"event_type":"alert"}\n');
  await other.until(1);
  expect(other.texts()).toEqual(['{"event_type":"alert"}']);
  expect(again.health().skipped).toBeLessThan(2000);
});

test("a log of another format is told", async () => {
  writeFileSync(path, "no time here\n".repeat(200));
  const { log, messages } = collectLog();
  const source = sourceOf("mysql_log", { log, format: "mysql_log" });
  follow(source);
  await until(() => source.health().problem !== undefined, "a word");
  expect(source.health()).toMatchObject({ state: "following", skipped: 200 });
  expect(messages).toEqual([`warn: "${path}" holds no entry of the format mysql_log`]);
});

test("with only-future-events every start begins at the end", async () => {
  writeFileSync(path, "one\n");
  const first = follow(sourceOf("syslog"));
  await first.until(1);
  await first.stop();
  appendFileSync(path, "meanwhile\n");
  const source = sourceOf("syslog", { onlyFuture: true, from: "end" });
  const second = follow(source);
  await until(() => source.health().state === "following", "following");
  appendFileSync(path, "two\n");
  await second.until(1);
  expect(second.texts()).toEqual(["two"]);
});
