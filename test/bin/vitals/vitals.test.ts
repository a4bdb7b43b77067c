import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deviceOfDefaultRoute } from "../../../src/bin/vitals/device.ts";
import { mountedDisks } from "../../../src/bin/vitals/mounted.ts";
import { runningUnits } from "../../../src/bin/vitals/programs.ts";
import { openVitals, type Vitals } from "../../../src/bin/vitals/vitals.ts";
import { pathsBelow } from "../../../src/config/paths.ts";

let root: string;
let now = Date.UTC(2026, 10, 22);
let missing: string[] | undefined = [];
let share = 0.5;
let files = 0.1;
/** Another disk, and how full it is. */
let home: number | undefined;
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
  [missing, share, files, home, deaf] = [[], 0.5, 0.1, undefined, undefined];
  vitals = openVitals({
    paths: pathsBelow(root, root),
    log,
    clock: () => now,
    missing: async () => missing,
    look: (folder) =>
      folder === "/home" ? { disk: 2, share: home ?? 0, files: 0 } : { disk: 1, share, files },
    mounted: () => (home === undefined ? ["/"] : ["/", "/home"]),
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

test("a disk without room for more files is told, too", async () => {
  files = 0.97;
  const disk = `the disk of ${root}/var/log/stockade/alerts has used`;
  expect(await nextMinute()).toEqual([
    `stockade: ${disk} 97 % of its inodes; alerts, blocks and mail need room on it`,
  ]);
  expect(await nextMinute()).toEqual([]);
  files = 0.2;
  expect(await nextMinute()).toEqual([`stockade: in order again: ${disk} 20 % of its inodes`]);
});

test("disks that Stockade does not need are looked at as well", async () => {
  home = 0.95;
  expect(await nextMinute()).toEqual(["stockade: the disk of /home is 95 % full"]);
  home = 0.5;
  expect(await nextMinute()).toEqual(["stockade: in order again: the disk of /home is 50 % full"]);
});

test("which disks there are: each once, none of the network, removable or read-only", () => {
  const table = [
    "29 1 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
    "30 29 0:25 / /dev rw - tmpfs udev rw",
    "31 29 8:2 / /srv/my\\040files rw,relatime - xfs /dev/sda2 rw",
    "32 29 8:1 /var/lib/stockade /var/lib/stockade/daemon rw - ext4 /dev/sda1 rw",
    "33 29 0:40 / /srv/nfs rw - nfs4 192.0.2.1:/x rw",
    "34 29 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro",
    "35 29 8:33 / /media/alice/STICK rw - vfat /dev/sdc1 rw",
    "36 29 11:0 / /srv/cd ro - ext4 /dev/sr0 ro",
    "37 29 0:60 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw",
    "",
  ].join("\n");
  expect(mountedDisks(table)).toEqual(["/", "/srv/my files"]);
  expect(mountedDisks("29 1 0:50 / / rw - overlay overlay rw")).toEqual(["/"]);
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
