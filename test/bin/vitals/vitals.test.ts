import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deviceOfDefaultRoute } from "../../../src/bin/vitals/device.ts";
import { runningUnits } from "../../../src/bin/vitals/programs.ts";
import { openVitals, type Vitals } from "../../../src/bin/vitals/vitals.ts";
import { pathsBelow } from "../../../src/config/paths.ts";

let root: string;
let now = Date.UTC(2026, 10, 22);
let missing: string[] | undefined = [];
let share = 0.5;
let deaf: string | undefined;
let vitals: Vitals;

const log = { info: () => {}, warn: () => {}, error: () => {} };
const look = async () => {
  const said: string[] = [];
  await vitals.tick(
    () => [],
    (text) => void said.push(text),
  );
  return said;
};
const nextMinute = () => {
  now += 60_000;
  return look();
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-vitals-"));
  [missing, share, deaf] = [[], 0.5, undefined];
  vitals = openVitals({
    paths: pathsBelow(root, root),
    log,
    clock: () => now,
    missing: async () => missing,
    look: () => ({ disk: 1, share }),
    deaf: () => deaf,
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a program that does not run is told when it is away for two looks, and when it is back", async () => {
  expect(await nextMinute()).toEqual([]);
  missing = ["Suricata"];
  expect(await nextMinute()).toEqual([]);
  expect(await nextMinute()).toEqual(["stockade: Suricata does not run: systemctl start suricata"]);
  expect(await nextMinute()).toEqual([]);
  missing = undefined;
  expect(await nextMinute()).toEqual([]);
  missing = [];
  expect(await nextMinute()).toEqual(["stockade: in order again: Suricata runs"]);
});

test("a program that was only started anew is not worth a word", async () => {
  missing = ["Postfix"];
  expect(await nextMinute()).toEqual([]);
  missing = [];
  expect(await nextMinute()).toEqual([]);
});

test("a disk is told once when it is full, whatever folders are on it, and again when it has room", async () => {
  share = 0.93;
  const full = `stockade: the disk of ${root}/var/log/stockade/alerts is 93 % full; alerts, blocks and mail need room on it`;
  expect(await nextMinute()).toEqual([full]);
  share = 0.88;
  expect(await nextMinute()).toEqual([]);
  share = 0.5;
  expect(await nextMinute()).toEqual([
    `stockade: in order again: the disk of ${root}/var/log/stockade/alerts is 50 % full`,
  ]);
});

test("a Suricata that watches another device is told after two looks, and when it is right again", async () => {
  const word = "Suricata watches eth0, the default route is by ens5: systemctl restart suricata";
  deaf = word;
  expect(await nextMinute()).toEqual([]);
  expect(await nextMinute()).toEqual([`stockade: ${word}`]);
  expect(await nextMinute()).toEqual([]);
  deaf = undefined;
  expect(await nextMinute()).toEqual([
    "stockade: in order again: Suricata watches the device of the default route",
  ]);
  deaf = word;
  expect(await nextMinute()).toEqual([]);
  deaf = undefined;
  expect(await nextMinute()).toEqual([]);
});

test("the device of the default route is that with the least metric", () => {
  const head =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const route = (device: string, to: string, metric: number, mask: string) =>
    `${device}\t${to}\t016433C6\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0`;
  const table = [
    head,
    route("wlan0", "00000000", 600, "00000000"),
    route("eth0", "00000000", 100, "00000000"),
    route("eth1", "006433C6", 0, "00FFFFFF"),
  ].join("\n");
  expect(deviceOfDefaultRoute(table)).toBe("eth0");
  expect(deviceOfDefaultRoute(head)).toBeUndefined();
});

test("it looks once a minute", async () => {
  share = 0.99;
  now += 59_000;
  expect(await look()).toEqual([]);
  now += 1000;
  expect(await look()).toHaveLength(1);
});

test("after the end nothing is said any more", async () => {
  missing = ["Suricata"];
  await nextMinute();
  const last = nextMinute();
  vitals.close();
  expect(await last).toEqual([]);
});

const unit = (Id: string, ActiveState: string, SubState: string) =>
  `Id=${Id}\nActiveState=${ActiveState}\nSubState=${SubState}`;

test.each([
  [
    "Debian 13",
    unit("postfix.service", "active", "running"),
    unit("postfix@-.service", "inactive", "dead"),
    ["postfix.service"],
  ],
  [
    "Debian 12",
    unit("postfix.service", "active", "exited"),
    unit("postfix@-.service", "active", "running"),
    ["postfix@-.service"],
  ],
  [
    "Debian 12, its Postfix dead",
    unit("postfix.service", "active", "exited"),
    unit("postfix@-.service", "failed", "failed"),
    [],
  ],
  [
    "while it starts",
    unit("postfix.service", "activating", "start"),
    unit("x.service", "inactive", "dead"),
    ["postfix.service"],
  ],
])("which of Postfix's units has the process: %s", (_, first, second, running) => {
  expect([...runningUnits(`${first}\n\n${second}`)]).toEqual(running);
});
