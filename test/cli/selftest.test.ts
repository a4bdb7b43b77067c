import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
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

test("the attacker says what comes of a connection, and begins an attack as nmap does", async () => {
  let heard = "";
  const server = createServer((socket) => socket.on("data", (data) => (heard += data)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const probe = { verb: "probe", from: "127.0.0.1", address: "127.0.0.1", port, isAttack: false };
  expect(await told(probe, { ...probe, port: 1 })).toEqual(["open", "refused"]);
  expect(heard).toBe("");
  expect(await told({ ...probe, isAttack: true })).toEqual(["open"]);
  expect(heard).toMatch(/^SSH-.{4,}Nmap/);
  server.close();
});

/** What the attacker answers, in the order of the orders. */
async function told(...orders: readonly object[]): Promise<unknown[]> {
  const { attacker, output } = start();
  for (const [number, order] of orders.entries()) {
    attacker.write(`${JSON.stringify({ number, order })}\n`);
  }
  const answers: { number: number; answer: { reach?: string } }[] = [];
  for await (const line of createInterface({ input: output })) {
    answers.push(JSON.parse(line));
    // It ends when the orders do.
    if (answers.length === orders.length) attacker.end();
  }
  return answers.toSorted((a, b) => a.number - b.number).map(({ answer }) => answer.reach);
}

function start() {
  const child = spawn(process.execPath, ["dist/stockade.mjs", "attacker"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { attacker: child.stdin, output: child.stdout };
}
