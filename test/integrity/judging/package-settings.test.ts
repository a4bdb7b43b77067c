import { chmodSync, chownSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";

let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
});
afterEach(() => system.remove());

const files = { "/usr/bin/tool": "tool\n", "/etc/tool/tool.conf": "settings\n" };
const script = `#!/bin/sh
folder=/etc/parts
cp /usr/share/tool/default /etc/default/tool
cp /usr/share/tool/part $folder/tool-part
mkdir -p /etc/systemd/system/tool.service.d
echo "[Service]" > /etc/systemd/system/tool.service.d/extend.conf
echo /etc/cron.d/tool /etc/ssh/sshd_config /etc/sudoers.d/tool
echo "see /etc/sentence."
`;

/** What a file is judged as that is written, or goes, while tool is installed: with its scripts, as dpkg keeps them. */
async function verdictOf(path: string, change: () => void): Promise<string | undefined> {
  const before = looks(system, path);
  system.install({ name: "tool", version: "1", files });
  system.put("/var/lib/dpkg/info/tool.postinst", script);
  change();
  const { judge } = judgeOf(system);
  const { judged, wait } = await judge.judge(changesSince(system, before));
  expect(wait).toEqual([]);
  return judged[0] && `${judged[0].verdict}: ${judged[0].reason}`;
}

const written = (path: string, text = "x\n") => verdictOf(path, () => system.put(path, text));
const unowned = "unowned: no package owns it";

describe("what a script names", () => {
  const named = "side-effect: a script of tool names it";
  test.each([
    ["as a whole", "/etc/default/tool", named],
    ["by folder and name apart", "/etc/parts/tool-part", named],
    ["at the end of a sentence", "/etc/sentence", named],
    ["as a drop-in of a unit", "/etc/systemd/system/tool.service.d/extend.conf", named],
    ["but longer", "/etc/default/tool.more", unowned],
    ["but in another folder", "/etc/other/tool-part", unowned],
    ["not", "/etc/systemd/system/tool.service.d/other.conf", unowned],
    ["where cron looks", "/etc/cron.d/tool", unowned],
    ["where sudo looks", "/etc/sudoers.d/tool", unowned],
    ["where sshd looks", "/etc/ssh/sshd_config", unowned],
  ])("%s", async (_, path, verdict) => {
    expect(await written(path)).toBe(verdict);
  });

  test("also where it was there before", async () => {
    system.put("/etc/default/tool", "before\n");
    expect(await written("/etc/default/tool")).toBe(named);
  });

  test("but not what can be run", async () => {
    const path = "/etc/default/tool";
    const run = () => {
      system.put(path, "x\n");
      chmodSync(join(system.root, path), 0o755);
    };
    expect(await verdictOf(path, run)).toBe(unowned);
  });
});

describe("in a folder of the package", () => {
  const within = "side-effect: in a folder of tool";
  test.each([
    ["a setting", "/etc/tool/made", within],
    ["deeper", "/etc/tool/17/main/made", within],
    ["beside it", "/etc/toolbox/made", unowned],
  ])("%s", async (_, path, verdict) => {
    expect(await written(path)).toBe(verdict);
  });

  test("a link that leads to a setting, and one that leads to a program", async () => {
    expect(await written("/etc/tool/link", "-> /etc/tool/made")).toBe(within);
    expect(await written("/etc/tool/run", "-> /usr/bin/other")).toBe(unowned);
    expect(await written("/etc/tool/home", "-> /home/eve/x")).toBe(unowned);
  });

  test("one that was there before is somebody's", async () => {
    system.put("/etc/tool/own", "before\n");
    expect(await written("/etc/tool/own")).toBe(unowned);
  });

  test("one that goes", async () => {
    system.put("/etc/tool/old", "before\n");
    expect(await verdictOf("/etc/tool/old", () => rmSync(join(system.root, "/etc/tool/old")))).toBe(
      within,
    );
  });

  test.skipIf(process.getuid?.() !== 0)("it may be a service's, and nobody else's", async () => {
    const made = (path: string, uid: number) =>
      verdictOf(path, () => {
        system.put(path, "x\n");
        chownSync(join(system.root, path), uid, uid);
      });
    expect(await made("/etc/tool/service", 106)).toBe(within);
    expect(await made("/etc/tool/person", 1000)).toBe(unowned);
  });

  test("not where it would be run, nor where many packages are", async () => {
    const apt = { "/etc/apt/apt.conf.d/10tool": "\n" };
    system.install({ name: "apt", version: "1", files: apt });
    expect(await written("/etc/apt/apt.conf.d/99evil")).toBe(unowned);
    const all = Array.from({ length: 9 }, (_, n) => ({
      name: `p${n}`,
      version: "1",
      files: { [`/etc/shared/p${n}`]: "\n" },
    }));
    system.install(...all);
    expect(await written("/etc/shared/made")).toBe(unowned);
  });

  test("not without its transaction", async () => {
    system.install({ name: "tool", version: "1", files });
    rmSync(join(system.root, "var/log/dpkg.log"));
    const before = looks(system, "/etc/tool/made");
    system.put("/etc/tool/made", "x\n");
    const { judge } = judgeOf(system);
    const { judged } = await judge.judge(changesSince(system, before));
    expect(judged.map(({ verdict }) => verdict)).toEqual(["unowned"]);
  });
});

test("a service's socket among the alternatives, and nothing else there", async () => {
  expect(await written("/etc/alternatives/tool.sock", "-> /run/tool/tool1.sock")).toBe(
    "side-effect: a link to a service's socket",
  );
  expect(await written("/etc/alternatives/evil", "-> /tmp/evil.sock")).toBe(unowned);
});
