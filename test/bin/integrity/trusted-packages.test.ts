import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJudging } from "../../../src/bin/integrity/judging.ts";
import { openBaseline } from "../../../src/integrity/baseline/open.ts";
import { verifyFiles } from "../../../src/integrity/rootcheck/verify.ts";
import { scan } from "../../../src/integrity/scan.ts";
import { pastTheLog } from "../../integrity/judging/transactions.ts";
import { scratchSystem } from "../../integrity/scratch-system.ts";
import { settingsOf } from "../../integrity/tree.ts";
import { memoryLog } from "../../respond/machine.ts";

const program = "/usr/bin/tool";
const sums = "/var/lib/dpkg/info/tool.md5sums";
const files = { [program]: "tool\n" };
let system: ReturnType<typeof scratchSystem>;
let folder: string;
beforeEach(() => {
  system = scratchSystem();
  folder = mkdtempSync(join(tmpdir(), "stockade-trust-"));
  system.install(
    { name: "other", version: "1", files: { "/usr/bin/other": "other\n" } },
    { name: "tool", version: "1", files },
  );
  pastTheLog(system);
});
afterEach(() => {
  system.remove();
  rmSync(folder, { recursive: true });
});

/** As a process that is started anew each time: opens what it keeps, and looks at everything or at one folder alone. */
async function look(...folders: string[]): Promise<Record<string, string>> {
  const log = memoryLog();
  const clock = () => Date.now() + 60_000;
  const baseline = openBaseline(join(folder, "baseline"), { log, clock });
  const { root } = system;
  const judging = openJudging({ root, folder, baseline, clock, log });
  const found: [string, string][] = [];
  for await (const changes of scan({ settings: settingsOf(watched), baseline, root })) {
    const some = changes.filter(({ before, after }) =>
      folders.some((one) => (after ?? before)?.path.startsWith(one)),
    );
    const told = await judging.judge(some, false);
    for (const { change, verdict } of told.judged) {
      found.push([(change.after ?? change.before).path, verdict]);
    }
    judging.take(told, false);
  }
  judging.close();
  baseline.close();
  return Object.fromEntries(found);
}

const watched = ["/usr/bin", "/var/lib/dpkg/info", "/etc"];

function accept(path: string): void {
  const baseline = openBaseline(join(folder, "baseline"), { log: memoryLog(), clock: Date.now });
  baseline.accept([path]);
  baseline.close();
}

function forge(text: string): void {
  writeFileSync(join(system.root, program), text);
  const md5 = createHash("md5").update(text).digest("hex");
  writeFileSync(join(system.root, sums), `${md5}  usr/bin/tool\n`);
}

test("a forged checksum excuses nothing, whichever of the two is seen first", async () => {
  await look();
  forge("evil\n");
  expect(await look(...watched)).toMatchObject({ [program]: "differs", [sums]: "tools" });
  forge("more evil\n");
  expect(await look("/var")).toMatchObject({ [sums]: "tools" });
  expect(await look("/usr")).toMatchObject({ [program]: "differs" });
  forge("yet more evil\n");
  expect(await look("/usr")).toMatchObject({ [program]: "differs" });
  expect(await look("/var")).toMatchObject({ [sums]: "tools" });
});

test("it stays so until a transaction writes it, or the admin accepts it", async () => {
  await look();
  forge("evil\n");
  await look(...watched);
  system.put(program, "tool\n");
  await look(...watched);
  system.put(program, "evil\n");
  expect(await look(...watched)).toEqual({ [program]: "differs" });
  accept(sums);
  system.put(program, "tool\n");
  await look(...watched);
  system.put(program, "evil\n");
  expect(await look(...watched)).toEqual({ [program]: "matches" });
  system.install({ name: "tool", version: "1", files });
  const after = await look(...watched);
  expect(after).toMatchObject({ [program]: "explained", [sums]: "side-effect" });
});

test("a package that nobody installed has no say, and rootcheck is not deceived either", async () => {
  await look();
  forge("evil\n");
  const list = `${program}\n/usr/bin/new\n`;
  system.put("/usr/bin/new", "evil\n");
  const md5 = createHash("md5").update("evil\n").digest("hex");
  system.put("/var/lib/dpkg/info/evil.list", list);
  system.put("/var/lib/dpkg/info/evil.md5sums", `${md5}  usr/bin/new\n${md5}  usr/bin/tool\n`);
  const found = await look("/usr");
  expect(found).toMatchObject({ [program]: "differs", "/usr/bin/new": "differs" });
  const log = memoryLog();
  const baseline = openBaseline(join(folder, "baseline"), { log, clock: Date.now });
  const judging = openJudging({ root: system.root, folder, baseline, clock: Date.now, log });
  const verified = await verifyFiles(system.root, judging.packages, [program, "/usr/bin/other"]);
  expect([...verified.values()].map(({ content }) => content)).toEqual(["differs", "recorded"]);
  judging.close();
  baseline.close();
});

test("what a package's scripts made goes with the package", async () => {
  await look();
  const kept = { "/etc/site/site.conf": "settings\n" };
  system.install({ name: "site", version: "1", files: kept, conffiles: Object.keys(kept) });
  system.put("/etc/site/made", "made\n");
  expect(await look("/etc/site/made", "/var/lib/dpkg/info/site")).toMatchObject({
    "/etc/site/made": "side-effect",
  });
  pastTheLog(system);
  system.dpkg("--purge", "site");
  rmSync(join(system.root, "/etc/site"), { recursive: true, force: true });
  const list = "/var/lib/dpkg/info/site.list";
  expect(await look("/etc/site/made", list)).toEqual({
    "/etc/site/made": "explained",
    [list]: "side-effect",
  });
});
