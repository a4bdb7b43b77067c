import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { Rootchecking } from "../../../src/bin/integrity/rootchecking.ts";
import { Rootcheck } from "../../../src/config/rootcheck-settings.ts";
import type { Finding } from "../../../src/core/finding.ts";
import { openDpkg } from "../../../src/integrity/packages/dpkg.ts";
import { scratchGround, silent } from "../../integrity/rootcheck/ground.ts";

let told: Finding[];
let kept: readonly string[] | undefined;
let scratch: ReturnType<typeof scratchGround>;

beforeEach(() => {
  told = [];
  kept = undefined;
  scratch = scratchGround();
  scratch.put("var/lib/dpkg/info/format", "1\n");
  scratch.put("var/lib/dpkg/status", "");
});

function rootchecking(settings: Partial<Rootcheck>): Rootchecking {
  const packages = openDpkg({ root: scratch.folder });
  const means = {
    root: scratch.folder,
    baseline: { get: () => undefined, within: () => [] },
    judging: { packages, owners: async () => new Map() },
    before: () => kept ?? [],
    keep: (signs: readonly string[]) => {
      kept = signs;
    },
    tell: (findings: readonly Finding[]) => told.push(...findings),
    log: silent,
    clock: () => 7,
    signal: new AbortController().signal,
  };
  return new Rootchecking(means, Rootcheck.parse(settings));
}

test("it looks when nothing else does, once in a while, and tells what is new", async () => {
  scratch.put("dev/evil", "");
  const one = rootchecking({});
  one.tick(true);
  expect(kept).toBeUndefined();
  one.tick(false);
  await vi.waitFor(() => expect(kept).toEqual(["device evil"]));
  expect(told).toMatchObject([{ at: 7, fields: { status: "hidden", filename: "/dev/evil" } }]);
  kept = undefined;
  one.tick(false);
  expect(kept).toBeUndefined();
});

test("other settings are looked by at once: files that they name, checks that they leave out", async () => {
  scratch.put("dev/evil", "");
  scratch.put("opt/thing", "");
  scratch.put("signs.txt", "opt/thing ! A thing\n");
  const one = rootchecking({ disabled: true });
  one.tick(false);
  const rootkitFiles = [join(scratch.folder, "signs.txt")];
  one.reload(Rootcheck.parse({ off: ["check_dev"], rootkitFiles }));
  one.tick(false);
  await vi.waitFor(() => expect(kept).toEqual(["rootkit /opt/thing"]));
  rmSync(join(scratch.folder, "opt/thing"));
  one.reload(Rootcheck.parse({ off: ["check_dev"] }));
  await vi.waitFor(() => {
    one.tick(false);
    expect(kept).toEqual([]);
  });
  expect(told.map(({ text }) => text)).toEqual([
    "Rootkit 'A thing' detected by the presence of file '/opt/thing'.",
  ]);
});
