import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

test("on a server where nothing runs the doctor says so, with fixes, and exits with 1", async () => {
  const { stdout, exitCode } = await scratch.cli(["doctor"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^WRONG +status +the daemon does not run\n +fix: stockade start$/m);
  expect(stdout).toMatch(/\n\d+ things are wrong$/);
});

test("in JSON every finding has its check, its state and, where it is wrong, its fix", async () => {
  const { stdout, exitCode } = await scratch.cli(["doctor", "--json"]);
  const { ok, findings } = JSON.parse(stdout);
  expect({ ok, exitCode }).toEqual({ ok: false, exitCode: 1 });
  expect(findings).toContainEqual({
    ...{ check: "status", state: "wrong" },
    ...{ text: "the daemon does not run", fix: "stockade start" },
  });
});

test("the bundle for somebody who helps is written, and told", async () => {
  const file = join(scratch.root, "help.tar.gz");
  const { stdout, exitCode } = await scratch.cli(["support", file]);
  expect(stdout).toContain(`${file}: `);
  expect(exitCode).toBe(0);
  expect(statSync(file).size).toBeGreaterThan(500);
  expect(await scratch.cli(["support", file])).toMatchObject({ exitCode: 73 });
});

test("figures for Prometheus are those of the running daemon; without one that is said", async () => {
  expect(await scratch.cli(["status", "--metrics"])).toMatchObject({ exitCode: 69, stdout: "" });
  scratch.start("stockaded");
  await until(
    () => existsSync(join(scratch.root, "run/stockade/daemon/status.json")),
    "the daemon",
  );
  const { stdout, exitCode } = await scratch.cli(["status", "--metrics"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^# TYPE stockade_lines_total counter\nstockade_lines_total \d+$/m);
  expect(stdout).toContain("stockade_responder_up 0");
});
