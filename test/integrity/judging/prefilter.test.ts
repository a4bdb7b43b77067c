import { appendFileSync, chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openPrefilter } from "../../../src/integrity/judging/prefilter.ts";
import { openDpkg } from "../../../src/integrity/packages/dpkg.ts";
import { verifyFiles } from "../../../src/integrity/rootcheck/verify.ts";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";

/** Stands for prelink, which adds to a program and can show what it was. */
const prelink = `#!/bin/sh
[ "$1" = --verify ] && exec sed '/^prelinked$/d' "$2"
`;
const tool = "/usr/bin/tool";
const bytes = (path: string) => join(system.root, path);

let system: ReturnType<typeof scratchSystem>;
let now: number;
beforeEach(() => {
  now = Date.now() + 60_000;
  system = scratchSystem();
  const files = { [tool]: "tool\n", "/usr/bin/other": "other\n" };
  system.install({ name: "tool", version: "1", files });
  bring("prelink", "/usr/sbin/prelink", prelink);
});
afterEach(() => system.remove());

function bring(name: string, path: string, script: string): void {
  system.install({ name, version: "1", files: { [path]: script } });
  chmodSync(bytes(path), 0o755);
}

/** What a change of the tool is judged as, once nothing waits any more. */
async function verdictOf(rewrite: () => void, command?: readonly string[]) {
  // That it was installed is long ago.
  rmSync(bytes("/var/log/dpkg.log"));
  const before = looks(system, tool);
  rewrite();
  const { judge } = judgeOf(system, { now: () => now });
  const changes = changesSince(system, before);
  await judge.judge(changes, false, command);
  now += 30_000;
  const { judged, wait } = await judge.judge(changes, false, command);
  expect(wait).toEqual([]);
  return judged[0] && `${judged[0].verdict}: ${judged[0].reason}`;
}

const prelinked = () => appendFileSync(bytes(tool), "prelinked\n");
const plain = "differs: the content is not what tool 1 recorded";

test("what prelink rewrote, and undone is what the package recorded, is no attack", async () => {
  expect(await verdictOf(prelinked)).toBe(
    "prefiltered: it was rewritten, and undone it is what tool 1 recorded",
  );
});

test("what was changed besides is one", async () => {
  const rewrite = () => appendFileSync(bytes(tool), "evil\nprelinked\n");
  expect(await verdictOf(rewrite)).toBe(plain);
});

test("what is put in its place while it is undone does not speak for it", async () => {
  bring("swap", "/usr/bin/swap", `#!/bin/sh\nmv "$1" "$1.x" && mv "$1.x" "$1" && echo tool\n`);
  const rewrite = () => appendFileSync(bytes(tool), "evil\n");
  expect(await verdictOf(rewrite, ["/usr/bin/swap"])).toBe(
    `${plain}; it was changed while that was undone`,
  );
});

test("with other rights it is told", async () => {
  const rewrite = () => {
    prelinked();
    chmodSync(bytes(tool), 0o4755);
  };
  expect(await verdictOf(rewrite)).toBe(
    "matches: it was rewritten, and undone it is what tool 1 recorded; its rights changed",
  );
});

test("a prelink that is not what its package recorded is not asked", async () => {
  const script = `#!/bin/sh\ntouch ${bytes("/asked")}\necho tool\n`;
  const rewrite = () => {
    prelinked();
    writeFileSync(bytes("/usr/sbin/prelink"), script);
  };
  expect(await verdictOf(rewrite)).toBe(
    `${plain}; /usr/sbin/prelink was not asked: it is not what a package recorded`,
  );
  expect(looks(system, "/asked").get("/asked")).toBeUndefined();
});

test("nor is one that no package has", async () => {
  system.put("/usr/local/bin/undo", "#!/bin/sh\necho tool\n");
  chmodSync(bytes("/usr/local/bin/undo"), 0o755);
  expect(await verdictOf(prelinked, ["/usr/local/bin/undo"])).toBe(
    `${plain}; /usr/local/bin/undo was not asked: it is not what a package recorded`,
  );
});

test("the setting names another command, with its arguments", async () => {
  bring("undo", "/usr/bin/undo", `#!/bin/sh\nexec sed "/^$1$/d" "$2"\n`);
  expect(await verdictOf(prelinked, ["/usr/bin/undo", "prelinked"])).toContain("prefiltered: ");
});

test("what it complains of is in the reason, made harmless; no right is handed to it", async () => {
  const script = `#!/bin/sh
printf '\\033[2J%s' "$(grep -E '^(CapAmb|NoNewPrivs)' /proc/self/status | tr -d '0\\n\\t')" >&2
exit 1
`;
  bring("undo", "/usr/bin/undo", script);
  expect(await verdictOf(prelinked, ["/usr/bin/undo"])).toBe(
    `${plain}; /usr/bin/undo does not undo it: \\x1b[2JCapAmb:NoNewPrivs:1`,
  );
});

describe("by itself", () => {
  const open = (longest?: number) =>
    openPrefilter({
      root: system.root,
      packages: openDpkg({ root: system.root }),
      ...(longest !== undefined && { longest }),
    });

  test("what takes too long is given up, and not asked again", async () => {
    bring(
      "undo",
      "/usr/bin/undo",
      `#!/bin/sh\necho asked >> ${bytes("/asked")}\nexec sleep 1000\n`,
    );
    const undo = open(300);
    const files = [{ path: tool, md5: "1".repeat(32) }];
    const answer = { reason: "/usr/bin/undo does not undo it: it took too long or wrote too much" };
    for (const _ of [1, 2]) {
      expect(await undo(["/usr/bin/undo"], files)).toEqual(new Map([[tool, answer]]));
    }
    expect(system.entry("/asked")?.size).toBe("asked\n".length);
  });

  test("a name that is no UTF-8 cannot be handed over", async () => {
    const path = "/usr/bin/\xff";
    expect((await open()(undefined, [{ path, md5: "1" }])).get(path)).toEqual({
      reason: "/usr/sbin/prelink does not undo it: its name is no UTF-8",
    });
  });

  test("without prelink, and without the setting, nothing is undone", async () => {
    system.dpkg("--purge", "prelink");
    expect(await open()(undefined, [{ path: tool, md5: "1" }])).toEqual(new Map());
  });
});

test("a run of prelink is told when nothing more of it comes", async () => {
  const before = looks(system, tool, "/usr/bin/other");
  const { judge } = judgeOf(system, { now: () => now });
  prelinked();
  const first = changesSince(system, before);
  expect(await judge.judge(first)).toMatchObject({ judged: [], wait: first });
  now += 20_000;
  appendFileSync(bytes("/usr/bin/other"), "prelinked\n");
  const both = changesSince(system, before);
  expect((await judge.judge(both)).wait).toHaveLength(2);
  now += 20_000;
  expect((await judge.judge(both)).wait).toHaveLength(2);
  now += 20_000;
  const { judged } = await judge.judge(both);
  expect(judged.map(({ verdict }) => verdict)).toEqual(["prefiltered", "prefiltered"]);
});

test("to rootcheck, such programs are as recorded", async () => {
  prelinked();
  appendFileSync(bytes("/usr/bin/other"), "evil\n");
  const packages = openDpkg({ root: system.root });
  const undoneBy = openPrefilter({ root: system.root, packages });
  const answers = await verifyFiles(system.root, packages, [tool, "/usr/bin/other"], (files) =>
    undoneBy(undefined, files),
  );
  expect([...answers.values()].map(({ content }) => content)).toEqual(["recorded", "differs"]);
});
