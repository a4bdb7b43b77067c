import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectResponder } from "../../src/respond/client.ts";
import { blockOf, memoryLog } from "../respond/machine.ts";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = openScratch();
  const settings = JSON.stringify({ whiteList: ["198.51.100.0/24"] });
  scratch.write("run/stockade/respond.json", settings);
  scratch.start("stockade-respond");
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
});
afterEach(() => scratch.remove());

/** Blocks as the daemon asks for them. */
async function blocked(...requests: ReturnType<typeof blockOf>[]): Promise<void> {
  const responder = connectResponder(join(scratch.root, "run/stockade/respond.sock"), memoryLog());
  for (const request of requests) await responder.ask(request);
  responder.close();
}

const shown = async (...args: string[]) =>
  JSON.parse((await scratch.cli(["bans", ...args, "--json"])).stdout).map(
    ({ network }: { network: string }) => network,
  );

describe("bans", () => {
  test("filters, counts, and sorts by the end", async () => {
    await blocked(
      blockOf("20.0.0.1", { seconds: 600 }),
      blockOf("20.0.0.1", { seconds: 10 }),
      blockOf("20.0.0.2", { rule: 5712 }),
      blockOf("20.0.0.2", { rule: 5712, response: "host-deny", seconds: 100 }),
    );
    await scratch.cli(["ban", "20.0.0.0/24", "--for", "2h", "--why", "crawler\u001b[2J"]);
    expect(await shown()).toEqual(["20.0.0.2", "20.0.0.2", "20.0.0.1", "20.0.0.0/24"]);
    expect(await shown("--address", "20.0.0.1")).toEqual(["20.0.0.1", "20.0.0.0/24"]);
    expect(await shown("--address", "20.0.0.2/31")).toHaveLength(3);
    expect(await shown("--rule", "5712")).toEqual(["20.0.0.2", "20.0.0.2"]);
    expect(await shown("--rule", "5712", "--response", "host-deny")).toHaveLength(1);
    expect(await shown("--since", "1h")).toHaveLength(4);
    expect(await shown("--until", "1h")).toEqual([]);
    const { stdout } = await scratch.cli(["bans"]);
    expect(stdout).toMatch(/^address +response +since +until +rule +count\n/);
    expect(stdout).toMatch(/^20\.0\.0\.1 +firewall-drop +\d\d:\d\d:\d\d +\S+ .* 300011 +2$/m);
    expect(stdout).toMatch(/^20\.0\.0\.0\/24 +firewall-drop .* by hand +1$/m);
    expect(stdout).toMatch(/^20\.0\.0\.0\/24: by \S+: crawler\\x1b\[2J$/m);
    expect((await scratch.cli(["bans", "--rule", "5"])).stdout).toBe("none of the 4 blocks is so");
    for (const wrong of [
      ["--address", "x"],
      ["--rule", "x"],
      ["--since", "x"],
      ["--response", "foo"],
    ]) {
      expect((await scratch.cli(["bans", ...wrong])).exitCode).toBe(64);
    }
  });

  test("tells how often a source was blocked, where that is remembered", async () => {
    await blocked(blockOf("20.0.0.1"));
    const offenders = [{ network: "20.0.0.1", count: 3, until: 1 }];
    scratch.write(
      "var/lib/stockade/daemon/offenders.json",
      JSON.stringify({ version: 1, offenders }),
    );
    const { stdout } = await scratch.cli(["bans", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ count: 1, offences: 3 }]);
    await blocked(blockOf("20.0.0.2"));
    const shown = (await scratch.cli(["bans"])).stdout;
    expect(shown).toMatch(/ rule +count +offence\n/);
    expect(shown).toMatch(/^20\.0\.0\.1 .* 300011 +1 +3$/m);
    expect(shown).toMatch(/^20\.0\.0\.2 .* 300011 +1$/m);
  });
});

describe("ban", () => {
  test("keeps out for a day unless told, and says how to undo it", async () => {
    const { stdout, exitCode } = await scratch.cli(["ban", "20.0.0.7"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^20\.0\.0\.7 is blocked until \S+ \S+ \(firewall-drop\)\nundo: stockade unban 20\.0\.0\.7$/,
    );
    const [{ since, until: end }] = JSON.parse((await scratch.cli(["bans", "--json"])).stdout);
    expect(end - since).toBe(86_400_000);
    expect((await scratch.cli(["ban", "2001:db8::7"])).stdout).toContain(
      "2001:db8::/64 (what a block of 2001:db8::7 covers) is blocked until",
    );
  });

  test.each([
    ["20.0.0.0/23", "20.0.0.0/23 is wider than a /24: 512 addresses"],
    ["2001:db8::/55", "2001:db8::/55 is wider than a /56: 512 networks of /64"],
  ])("%s needs --yes", async (network, message) => {
    const refused = await scratch.cli(["ban", network]);
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toBe(`stockade: ${message}\nhint: if that is meant, add --yes`);
    expect(await shown()).toEqual([]);
    expect((await scratch.cli(["ban", network, "--yes"])).exitCode).toBe(0);
    expect(await shown()).toEqual([network]);
  });

  test("of an untouchable is refused, and it says which", async () => {
    for (const [network, reason] of [
      ["198.51.100.7", "198.51.100.7 is never blocked: white list (198.51.100.0/24)"],
      ["198.0.0.0/8", "198.0.0.0/8 is never blocked: white list (198.51.100.0/24)"],
      ["224.0.0.1", "224.0.0.1 is never blocked: multicast (224.0.0.0/4)"],
    ]) {
      expect(await scratch.cli(["ban", network ?? "", "--yes"])).toMatchObject({
        exitCode: 1,
        stderr: `stockade: not blocked: ${reason}`,
      });
    }
  });

  test("is refused where it cannot be meant", async () => {
    for (const args of [["x"], ["20.0.0.7", "--for", "7"], ["20.0.0.7", "--for", "366d"]]) {
      expect((await scratch.cli(["ban", ...args])).exitCode).toBe(64);
    }
    expect((await scratch.cli(["ban", "20.0.0.7", "--response", "x"])).stderr).toContain(
      "hint: one of firewall-drop, host-deny",
    );
  });
});

describe("unban", () => {
  test("of an address in a banned network says that it is still blocked, and by what", async () => {
    await blocked(blockOf("20.0.0.7"));
    await scratch.cli(["ban", "20.0.0.0/24", "--why", "crawler"]);
    const { stdout, exitCode } = await scratch.cli(["unban", "20.0.0.7"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^20\.0\.0\.7: firewall-drop ended\nstill blocked: 20\.0\.0\.0\/24 \(firewall-drop until .*, by \S+: crawler\)\s+holds it\n {2}to end that one: stockade unban 20\.0\.0\.0\/24$/,
    );
    expect(await scratch.cli(["unban", "20.0.0.0/24"])).toMatchObject({
      exitCode: 0,
      stdout: "20.0.0.0/24: firewall-drop ended",
    });
    expect(await scratch.cli(["unban", "20.0.0.0/24"])).toMatchObject({
      exitCode: 1,
      stdout: "20.0.0.0/24 was not blocked",
    });
  });

  test("--rule ends what a rule blocked, --all everything", async () => {
    await blocked(blockOf("20.0.0.1"), blockOf("20.0.0.2"), blockOf("20.0.0.3", { rule: 5712 }));
    await scratch.cli(["ban", "20.0.0.9"]);
    expect((await scratch.cli(["unban", "--rule", "300011"])).stdout).toBe(
      "20.0.0.1: firewall-drop ended\n20.0.0.2: firewall-drop ended",
    );
    expect((await scratch.cli(["unban", "--rule", "300011"])).exitCode).toBe(1);
    const { stdout } = await scratch.cli(["unban", "--all", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      ended: [{ network: "20.0.0.3" }, { network: "20.0.0.9" }],
      held: [],
    });
    expect((await scratch.cli(["unban", "--all"])).stdout).toBe("nobody was blocked");
    for (const args of [[], ["20.0.0.1", "--all"], ["--all", "--rule", "1"]]) {
      expect((await scratch.cli(["unban", ...args])).exitCode).toBe(64);
    }
  });

  test("names twenty and counts the rest", async () => {
    const all = Array.from({ length: 25 }, (_, n) => blockOf(`20.0.1.${n}`));
    await blocked(...all);
    const { stdout } = await scratch.cli(["unban", "--all"]);
    expect(stdout.split("\n")).toHaveLength(21);
    expect(stdout).toContain("\nand 5 more: 25 blocks ended");
  });
});

test("who is let in and goes on is blocked again at once", async () => {
  scratch.settings(
    "<active-response><command>firewall-drop</command><level>5</level><timeout>300</timeout></active-response>",
  );
  writeFileSync(scratch.log, "");
  scratch.start("stockaded");
  const attack = () =>
    writeFileSync(
      scratch.log,
      `${new Date().toISOString()} web1 sshd[1]: Failed password for root from 20.0.0.7 port 1 ssh2\n`,
      { flag: "a" },
    );
  await until(async () => {
    attack();
    return (await shown()).length === 1;
  }, "a block");
  // Within the ten seconds in which the daemon does not ask twice.
  const begun = performance.now();
  expect((await scratch.cli(["unban", "20.0.0.7"])).exitCode).toBe(0);
  attack();
  await until(async () => (await shown()).length === 1, "another block", 5);
  expect(performance.now() - begun).toBeLessThan(5000);
});
