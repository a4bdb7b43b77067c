import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { Rootchecking } from "../../../src/bin/integrity/rootchecking.ts";
import { Rootcheck } from "../../../src/config/rootcheck-settings.ts";
import { allChecks, anyDepth } from "../../../src/config/syscheck-directories.ts";
import { Syscheck } from "../../../src/config/syscheck-settings.ts";
import type { Finding } from "../../../src/core/finding.ts";
import type { Baseline } from "../../../src/integrity/baseline/baseline.ts";
import type { Entry } from "../../../src/integrity/entry.ts";
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

function wanted(settings: Partial<Rootcheck>, syscheck: Partial<Syscheck> = {}) {
  return { rootcheck: Rootcheck.parse(settings), syscheck: Syscheck.parse(syscheck) };
}

/** Knows nothing. */
const nothing = { get: () => undefined, isKnown: () => false, within: () => [] };

function rootchecking(
  settings: Partial<Rootcheck>,
  syscheck: Partial<Syscheck> = {},
  baseline: Pick<Baseline, "get" | "isKnown" | "within"> = nothing,
): Rootchecking {
  const packages = openDpkg({ root: scratch.folder });
  const means = {
    root: scratch.folder,
    baseline,
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
  return new Rootchecking(means, wanted(settings, syscheck));
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
  one.reload(wanted({ off: ["check_dev"], rootkitFiles }));
  one.tick(false);
  await vi.waitFor(() => expect(kept).toEqual(["rootkit /opt/thing"]));
  rmSync(join(scratch.folder, "opt/thing"));
  one.reload(wanted({ off: ["check_dev"] }));
  await vi.waitFor(() => {
    one.tick(false);
    expect(kept).toEqual([]);
  });
  expect(told.map(({ text }) => text)).toEqual([
    "Rootkit 'A thing' detected by the presence of file '/opt/thing'.",
  ]);
});

test("the baseline stands for the folders that syscheck watches, as long as it does", async () => {
  scratch.put("opt/tool", "", 0o4755);
  const how = { checks: allChecks, realtime: true, reportChanges: false, tags: [] };
  const directories = [{ ...how, path: "/opt", depth: anyDepth }];
  const entry: Entry = {
    ...{
      path: "/opt",
      kind: "directory",
      mode: 0o755,
      uid: 0,
      gid: 0,
      size: 1,
      mtime: 1,
      ctime: 1,
    },
    ...{ inode: 1, device: 1, sha256: undefined, target: undefined, attributes: undefined },
  };
  const baseline = { get: () => entry, isKnown: () => true, within: () => [] };
  const one = rootchecking({}, { directories }, baseline);
  one.tick(false);
  await vi.waitFor(() => expect(kept).toEqual([]));
  one.reload(wanted({}, { directories, disabled: true }));
  await vi.waitFor(() => {
    one.tick(false);
    expect(kept).toEqual(["privileged /opt/tool"]);
  });
});
