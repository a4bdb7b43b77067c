import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordedOf } from "../../../src/integrity/judging/recorded.ts";
import { openDpkg } from "../../../src/integrity/packages/dpkg.ts";
import type { PackageDatabase } from "../../../src/integrity/packages/package-database.ts";
import { scratchSystem } from "../scratch-system.ts";

const files = { "/usr/bin/one": "one\n", "/usr/bin/two": "two\n" };
let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
  system.install({ name: "tool", version: "1", files });
});
afterEach(() => system.remove());

test("what a package recorded, and neither what was changed nor what is nobody's", async () => {
  appendFileSync(join(system.root, "/usr/bin/two"), "evil\n");
  system.put("/usr/bin/three", "three\n");
  const paths = ["/usr/bin/one", "/usr/bin/two", "/usr/bin/three", "/usr/bin/four"];
  const recorded = await recordedOf(system.root, openDpkg(system), paths);
  expect([...recorded]).toEqual(["/usr/bin/one"]);
});

test("a record that is doubted makes nothing reliable", async () => {
  const packages = openDpkg(system);
  const doubted: PackageDatabase = {
    ...packages,
    async records(wanted) {
      const records = await packages.records(wanted);
      return new Map([...records].map(([name, one]) => [name, { ...one, isDoubted: true }]));
    },
  };
  expect((await recordedOf(system.root, doubted, ["/usr/bin/one"])).size).toBe(0);
});
