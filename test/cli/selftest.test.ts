import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

test("where nothing runs the self-test fails, and says why, in JSON too", async () => {
  const { stdout, exitCode } = await scratch.cli(["selftest", "--quick"]);
  expect(stdout).toMatch(/FAILED +processes +the daemon does not run: stockade start$/m);
  expect(stdout).toMatch(/^the self-test failed after \S+ s: 2 of 2 steps$/m);
  expect(exitCode).toBe(1);
  const { ok, steps } = JSON.parse((await scratch.cli(["selftest", "--json"])).stdout);
  expect({ ok, many: steps.length }).toEqual({ ok: false, many: 2 });
});

test("a failure is noted for the daemon, and mailed from here where there is none", async () => {
  const { stderr } = await scratch.cli(["selftest", "--alert"]);
  // Nobody takes mail in a scratch folder.
  expect(stderr).toMatch(/the failure could not be mailed: .*ECONNREFUSED/);
  const note = JSON.parse(readFileSync(join(scratch.root, "run/stockade/selftest.json"), "utf8"));
  expect(note.failed[0]).toBe("processes: the daemon does not run: stockade start");
});

test("what comes of a connection is told, and an attack begins as nmap's do", async () => {
  let heard = "";
  const server = createServer((socket) => socket.on("data", (data) => (heard += data)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const probe = ["probe", "127.0.0.1", "127.0.0.1", `${port}`];
  expect((await scratch.cli(probe)).stdout).toBe("open");
  expect(heard).toBe("");
  expect((await scratch.cli([...probe, "--attack"])).stdout).toBe("open");
  expect(heard).toMatch(/^SSH-.{4,}Nmap/);
  server.close();
  expect((await scratch.cli(["probe", "127.0.0.1", "127.0.0.1", "1"])).stdout).toBe("refused");
});
