import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";
import { blockFrom9, bruteForce } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

test("without a daemon, and what cannot be meant", async () => {
  expect(await scratch.cli(["rearm"])).toMatchObject({
    exitCode: 69,
    stderr: "stockade: the daemon does not run\nhint: stockade start",
  });
  for (const text of ["ssh", "192.0.2.7", "5712x", "10.0.0.0/33"]) {
    const { exitCode, stderr } = await scratch.cli(["rearm", text]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(`stockade: "${text}" is no rule, no network and not "all"\nhint: `);
  }
});

test("a rule trips, status says so, a restart forgets nothing, and rearm lets it block again", async () => {
  const limits = "<circuit_breaker><rule_per_minute>2</rule_per_minute></circuit_breaker>";
  scratch.settings(blockFrom9 + limits);
  writeFileSync(scratch.log, "");
  expect((await scratch.cli(["start"])).exitCode).toBe(0);
  expect(await scratch.cli(["rearm"])).toMatchObject({
    exitCode: 1,
    stdout: "the circuit breaker has stopped nothing",
  });
  const bans = async () =>
    JSON.parse((await scratch.cli(["bans", "--json"])).stdout).map(
      ({ network }: { network: string }) => network,
    );
  const status = async () => (await scratch.cli(["status"])).stdout;

  appendFileSync(scratch.log, bruteForce("20.0.0.1") + bruteForce("21.0.0.1"));
  await until(async () => (await bans()).length === 2, "two blocks");
  appendFileSync(scratch.log, bruteForce("22.0.0.1") + bruteForce("23.0.0.1"));
  await until(async () => (await bans()).length === 0, "the end of the burst");
  await until(async () => (await status()).includes("stockade rearm 5720"), "the status");
  expect(await status()).toContain(
    "! the circuit breaker tripped: rule 5720 asked for more than 2 blocks within 60 s, at 20",
  );
  expect(await status()).toContain("would block 23.0.0.1 for 300 s by rule 5720: circuit breaker");

  expect((await scratch.cli(["restart"])).exitCode).toBe(0);
  appendFileSync(scratch.log, bruteForce("24.0.0.1"));
  await until(async () => (await status()).includes("would block 24.0.0.1"), "another word");
  expect(await scratch.cli(["rearm", "5712"])).toMatchObject({
    exitCode: 1,
    stdout: "that is armed; stopped: rule 5720",
  });
  expect(await scratch.cli(["rearm", "5720"])).toMatchObject({
    exitCode: 0,
    stdout: "rule 5720 is armed again",
  });
  appendFileSync(scratch.log, bruteForce("25.0.0.1"));
  await until(async () => (await bans()).includes("25.0.0.1"), "a block");
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);

  const alerts = readFileSync(join(scratch.root, "var/log/stockade/alerts/alerts.log"), "utf8");
  const [tripped = ""] = alerts.split("\n\n").filter((text) => text.includes("Rule: 309013 "));
  expect(tripped).toMatch(/^\** Alert \S+: mail +- stockade,/m);
  expect(tripped).toContain("arm it again by: stockade rearm 5720; asked for: 22.0.0.1, 21.0.0.1");
  expect(tripped).toContain("Failed password for root from 22.0.0.1");
  expect(alerts).toContain("stockade: would block 24.0.0.1 for 300 s by rule 5720");
  expect(alerts).toContain("stockade: rule 5720 is armed again");
});
