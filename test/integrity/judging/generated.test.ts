import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";
import { logTransaction, shortly } from "./transactions.ts";

const local = "/etc/apparmor.d/local/usr.bin.tool";
const compiled = "/usr/lib/python3/dist-packages/__pycache__/tool.cpython-313.pyc";
const older = "/etc/tool.conf.dpkg-old";

let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
  const owned = [
    "/etc/apparmor.d/usr.bin.tool",
    "/usr/lib/python3/dist-packages/tool.py",
    "/etc/tool.conf",
  ];
  const files = Object.fromEntries(owned.map((path) => [path, "tool\n"]));
  system.install({ name: "tool", version: "1", files });
  writeFileSync(join(system.root, "var/log/dpkg.log"), "");
});
afterEach(() => system.remove());

/** The verdict on writing this file while packages are changed, as dpkg's log says. */
async function written(path: string, ...lines: string[]) {
  const before = looks(system, path);
  const at = join(system.root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, `${lines} wrote ${before.get(path)?.sha256}\n`);
  writeFileSync(join(system.root, "var/log/dpkg.log"), "");
  logTransaction(system, Date.now(), ...lines);
  const { judge } = judgeOf(system, { now: shortly(60_000) });
  const { judged } = await judge.judge(changesSince(system, before));
  return judged.map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

test("what is made beside a file counts to the package of that file, not to any other", async () => {
  const others = ["upgrade base:all 0 1", "upgrade python3-yaml:amd64 1 2"];
  for (const path of [local, compiled, older]) {
    expect(await written(path, ...others)).toEqual(["unowned: no package owns it"]);
  }
});

test.each([
  [local, "the admin's own part of a file of tool"],
  [compiled, "compiled from a file of tool"],
  [older, "another version of a file of tool"],
])("beside a file of a package that is upgraded: %s", async (path, reason) => {
  expect(await written(path, "upgrade tool:all 1 2")).toEqual([`side-effect: ${reason}`]);
});

test("an admin's own part of a profile that is there no script changes", async () => {
  await written(local, "upgrade tool:all 1 2");
  expect(await written(local, "upgrade tool:all 1 2")).toEqual(["unowned: no package owns it"]);
});

test.each(["python3:amd64", "python3.13-minimal:amd64", "libpython3.13-stdlib:amd64"])(
  "%s compiles what all packages have",
  async (name) => {
    expect(await written(compiled, `upgrade ${name} 1 2`)).toEqual([
      "side-effect: compiled from a file of tool",
    ]);
  },
);
