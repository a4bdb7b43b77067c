import { afterEach, beforeEach, expect, test } from "vitest";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";

const files = { "/usr/bin/tool": "tool\n", "/usr/share/tool/tool.conf": "settings\n" };
let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
});
afterEach(() => system.remove());

/** The verdict on a file that is written while a package is installed. */
async function written(path: string, text: string): Promise<string[]> {
  const before = looks(system, path);
  system.install({ name: "tool", version: "1", files });
  system.put(path, text);
  const { judge } = judgeOf(system);
  const { judged } = await judge.judge(changesSince(system, before));
  return judged.map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

test("a copy of what a package brought is its script's doing", async () => {
  expect(await written("/etc/tool.conf", "settings\n")).toEqual([
    "side-effect: a copy of a file that tool brought",
  ]);
  expect(await written("/etc/other.conf", "other settings\n")).toEqual([
    "unowned: no package owns it",
  ]);
});

test.each([
  ["/usr/bin/copied", "unowned: no package owns it"],
  ["/sbin/copied", "unowned: no package owns it"],
  ["/usr/lib/copied", "unowned: no package owns it"],
  ["/usr/local/sbin/copied", "plain: no package has anything to say of it"],
])("not in a folder of programs: %s", async (path, verdict) => {
  expect(await written(path, "tool\n")).toEqual([verdict]);
});

test("what a package diverts is a file of its package, wherever it stands", async () => {
  system.install({ name: "tool", version: "1", files });
  system.divert("/usr/bin/tool", "/usr/bin/tool.real", "wrapper");
  const before = looks(system, "/usr/bin/tool.real", "/usr/bin/tool");
  system.install(
    { name: "wrapper", version: "1", files: { "/usr/bin/tool": "wrapper\n" } },
    { name: "tool", version: "2", files: { ...files, "/usr/bin/tool": "tool 2\n" } },
  );
  const { judge } = judgeOf(system);
  const { judged } = await judge.judge(changesSince(system, before));
  expect(judged.map((one) => [one.package, one.verdict])).toEqual([
    ["tool", "explained"],
    ["wrapper", "explained"],
  ]);
});
