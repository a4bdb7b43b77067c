import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Known } from "../../../src/integrity/judging/trust.ts";
import { changesSince, judgeOf, looks, scratchSystem, sha256 } from "../scratch-system.ts";
import { pastTheLog } from "./transactions.ts";

const program = "/usr/bin/tool";
const info = "/var/lib/dpkg/info";
const files = { [program]: "tool\n", "/usr/bin/more": "more\n" };
let system: ReturnType<typeof scratchSystem>;
let good: Map<string, string>;
beforeEach(() => {
  system = scratchSystem();
  system.install(
    { name: "tool", version: "1", files },
    { name: "other", version: "1", files: { "/usr/bin/other": "other\n" } },
  );
  pastTheLog(system);
  good = new Map(
    ["tool.list", "tool.md5sums", "other.list", "other.md5sums"].map((name) => [
      `${info}/${name}`,
      sha256(readFileSync(join(system.root, info, name))),
    ]),
  );
});
afterEach(() => system.remove());

const known: Known = (path) => good.get(path) ?? "none";

/** Writes the program, and its checksum where dpkg keeps that. */
function forge(name: string, text: string): void {
  writeFileSync(join(system.root, program), text);
  const md5 = createHash("md5").update(text).digest("hex");
  writeFileSync(join(system.root, info, `${name}.md5sums`), `${md5}  usr/bin/tool\n`);
}

async function verdictsSince(
  before: ReturnType<typeof looks>,
  options: Parameters<typeof judgeOf>[1] = {},
) {
  const { judge } = judgeOf(system, { known, ...options });
  const { judged } = await judge.judge(changesSince(system, before));
  return judged.map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

const doubted =
  "differs: the content is what tool 1 recorded, but no transaction explains how it came on record";

test("a program is not excused by a checksum that nothing explains", async () => {
  const before = looks(system, program);
  forge("tool", "evil\n");
  expect(await verdictsSince(before)).toEqual([doubted]);
  expect(await verdictsSince(before, { known: () => undefined })).toEqual([
    expect.stringMatching(/^matches: /),
  ]);
});

test("nor by that of a package that nobody installed, or of another one", async () => {
  const before = looks(system, program);
  for (const name of ["evil", "other"]) {
    writeFileSync(join(system.root, info, "evil.list"), `${program}\n`);
    appendFileSync(join(system.root, info, "other.list"), `${program}\n`);
    forge(name, "evil\n");
    expect(await verdictsSince(before)).toEqual([
      "differs: the content is not what tool 1 recorded",
    ]);
  }
  writeFileSync(join(system.root, info, "evil.list"), "/usr/bin/new\n");
  const fresh = looks(system, "/usr/bin/new");
  const md5 = createHash("md5").update("new\n").digest("hex");
  system.put("/usr/bin/new", "new\n");
  writeFileSync(join(system.root, info, "evil.md5sums"), `${md5}  usr/bin/new\n`);
  expect(await verdictsSince(fresh)).toEqual([expect.stringMatching(/^differs: .* on record$/)]);
});

test("what dpkg itself writes is believed: reinstalled, upgraded", async () => {
  forge("tool", "evil\n");
  const before = looks(system, program);
  system.install({ name: "tool", version: "1", files });
  expect(await verdictsSince(before)).toEqual(["explained: the content is what tool 1 recorded"]);
  system.install({ name: "tool", version: "2", files: { [program]: "tool 2\n" } });
  expect(await verdictsSince(before)).toEqual(["explained: the content is what tool 2 recorded"]);
});

test("a checksum that is as it was accepted is believed again", async () => {
  const before = looks(system, program);
  forge("tool", "evil\n");
  const path = `${info}/tool.md5sums`;
  good.set(path, sha256(readFileSync(join(system.root, path))));
  expect(await verdictsSince(before)).toEqual([expect.stringMatching(/^matches: /)]);
});

test("a list that somebody has shortened or deleted explains no deletion", async () => {
  const owners = { [program]: "tool" };
  const before = looks(system, program);
  rmSync(join(system.root, program));
  const list = join(system.root, info, "tool.list");
  writeFileSync(list, readFileSync(list, "utf8").replace(`${program}\n`, ""));
  expect(await verdictsSince(before, { owners })).toEqual(["unowned: no package owns it"]);
  rmSync(list);
  expect(await verdictsSince(before, { owners })).toEqual(["unowned: no package owns it"]);
});

test("what an upgrade or a purge takes away is explained by it", async () => {
  const owners = { [program]: "tool", "/usr/bin/more": "tool" };
  const before = looks(system, ...Object.keys(owners));
  system.install({ name: "tool", version: "2", files: { [program]: "tool\n" } });
  expect(await verdictsSince(before, { owners })).toEqual([
    expect.stringMatching(/^explained: /),
    "explained: tool has it no more",
  ]);
  system.dpkg("-P", "tool");
  expect(await verdictsSince(before, { owners })).toEqual([
    "explained: tool has it no more",
    "explained: tool has it no more",
  ]);
});
