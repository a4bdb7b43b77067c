import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";
import { blockFrom9, bruteForce } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

test.each([
  [["allow", "192.0.2"], '"192.0.2" is no address, network or name'],
  [["allow", "-"], '"-" is no address, network or name'],
  [["allow", "a b"], '"a b" is no address, network or name'],
  [["allow", "192.0.2.7", "--for", "0d"], '"0d" is no length of time, or too long a one'],
  [["allow", "192.0.2.7", "--for", "2y"], '"2y" is no length of time, or too long a one'],
  [["allow", "192.0.2.7", "--for", "367d"], '"367d" is no length of time, or too long a one'],
  [["allow", "192.0.0.0/16"], "192.0.0.0/16 is wider than a /24: 65536 addresses"],
  [["allow", "2001:db8::/48"], "2001:db8::/48 is wider than a /56: 65536 networks of /64"],
])("%j is refused", async (args, message) => {
  const { exitCode, stderr } = await scratch.cli(args);
  expect(stderr).toContain(`stockade: ${message}\nhint: `);
  expect(exitCode).toBe(64);
  expect(existsSync(join(scratch.root, "var/lib/stockade/allowed.json"))).toBe(false);
});

test("without a responder it is kept, listed and ended", async () => {
  const first = await scratch.cli([
    "allow",
    "192.0.2.7",
    "--for",
    "2h",
    "--why",
    "a test\u001b[2J",
  ]);
  expect(first.stdout).toMatch(/^192\.0\.2\.7 is not blocked until \d{4}-/);
  expect(first.stderr).toBe("stockade: the responder does not answer; it is told when it starts");
  await scratch.cli(["allow", "192.0.0.0/16", "--yes"]);
  await scratch.cli(["allow", "Office.Example"]);
  const { stdout } = await scratch.cli(["allow"]);
  expect(stdout).toMatch(/^192\.0\.2\.7 +\S+ \S+ +\S+ \S+ {2}a test\\x1b\[2J$/m);
  expect(JSON.parse((await scratch.cli(["allow", "--json"])).stdout)).toMatchObject([
    { text: "192.0.2.7" },
    { text: "192.0.0.0/16" },
    { text: "office.example", why: "" },
  ]);
  expect((await scratch.cli(["allow", "192.0.0.0/16", "--end"])).stdout).toBe(
    "192.0.0.0/16 may be blocked again",
  );
  expect(await scratch.cli(["allow", "--end", "192.0.2.9"])).toMatchObject({
    exitCode: 1,
    stdout: "192.0.2.9 was not allowed",
  });
  expect(JSON.parse((await scratch.cli(["allow", "--json"])).stdout)).toHaveLength(2);
});

test("several at once are all kept", async () => {
  const addresses = Array.from({ length: 6 }, (_, index) => `192.0.2.${index + 1}`);
  await Promise.all(addresses.map((address) => scratch.cli(["allow", address])));
  const listed = JSON.parse((await scratch.cli(["allow", "--json"])).stdout);
  expect(listed.map(({ text }: { text: string }) => text).sort()).toEqual(addresses);
  await Promise.all(addresses.map((address) => scratch.cli(["allow", "--end", address])));
  expect((await scratch.cli(["allow"])).stdout).toBe("nobody is allowed for a while");
});

test.each([["--end"], ["--why", "x"], ["--for", "1h"], ["--yes"]])(
  "%s without an address is a mistake",
  async (...options) => {
    const { exitCode, stdout, stderr } = await scratch.cli(["allow", ...options]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toMatch(/^stockade: whom\? .*\nhint: stockade allow /);
  },
);

test("a file that somebody has spoilt is named, and allows nobody", async () => {
  scratch.write("var/lib/stockade/allowed.json", "{");
  const { exitCode, stderr } = await scratch.cli(["allow"]);
  expect(exitCode).toBe(69);
  expect(stderr).toMatch(/cannot use ".*allowed\.json": .*\nhint: delete it/);
});

test("a block ends when its address is allowed, there is none while it is, and again when that ends", async () => {
  scratch.settings(blockFrom9);
  writeFileSync(scratch.log, "");
  expect((await scratch.cli(["start"])).exitCode).toBe(0);
  const bans = async () =>
    JSON.parse((await scratch.cli(["bans", "--json"])).stdout).map(
      ({ network }: { network: string }) => network,
    );
  appendFileSync(scratch.log, bruteForce("20.0.0.1"));
  await until(async () => (await bans()).includes("20.0.0.1"), "a block");
  const { stdout } = await scratch.cli(["allow", "20.0.0.0/24", "--for", "1h"]);
  expect(stdout).toMatch(/^20\.0\.0\.0\/24 is not blocked until .*\n20\.0\.0\.1: \S+ ended$/);
  expect(await bans()).toEqual([]);

  appendFileSync(scratch.log, bruteForce("20.0.0.2") + bruteForce("20.0.1.2"));
  await until(async () => (await bans()).length > 0, "the other one's block");
  expect(await bans()).toEqual(["20.0.1.2"]);
  const said = () => readFileSync(join(scratch.root, "var/log/stockade/stockade.log"), "utf8");
  await until(
    () => /20\.0\.0\.2.* never blocked|20\.0\.0\.2 is not blocked: allowed/.test(said()),
    "why it is not blocked",
  );

  await scratch.cli(["allow", "--end", "20.0.0.0/24"]);
  // Who was refused before the daemon heard of it is not asked about again for a while: so it is another one each time.
  let last = 2;
  await until(async () => {
    last += 1;
    appendFileSync(scratch.log, bruteForce(`20.0.0.${last}`));
    return (await bans()).some((address: string) => address.startsWith("20.0.0."));
  }, "a block again");
  await scratch.cli(["stop"]);
}, 120_000);
