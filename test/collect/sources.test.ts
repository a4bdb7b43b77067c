import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPositions, type Positions } from "../../src/collect/logs/positions.ts";
import { openSources } from "../../src/collect/sources.ts";
import { facilitiesOf } from "../../src/collect/usual-logs.ts";
import type { LocalFile } from "../../src/config/local-file.ts";
import { collectLog } from "./collect-log.ts";
import { drive } from "./drive.ts";

let folder: string;
let positions: Positions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-sources-"));
  positions = openPositions(folder, collectLog().log);
});
afterEach(() => {
  positions.close();
  rmSync(folder, { recursive: true });
});

const auth: LocalFile = { location: "/var/log/auth.log", logFormat: "syslog" };
const syslog: LocalFile = { location: "/var/log/syslog", logFormat: "syslog" };
const fast: LocalFile = { location: "/var/log/suricata/fast.log", logFormat: "snort-fast" };
const journald = (location: string): LocalFile => ({ location, logFormat: "journald" });

function open(files: readonly LocalFile[], missing: readonly string[], hasJournal = true) {
  const { log, messages } = collectLog();
  const machine = {
    isMissing: (path: string) => missing.includes(path),
    hasJournal: () => hasJournal,
  };
  const sources = openSources(files, { positions, log, clock: Date.now, machine });
  return { names: sources.map(({ name }) => name), sources, messages };
}

test.each<[string, LocalFile[], string[], boolean, string[]]>([
  ["files that exist", [auth, fast], [], true, [auth.location, fast.location]],
  [
    "the journal for a missing log",
    [auth, fast],
    [auth.location],
    true,
    [fast.location, "journald"],
  ],
  ["one journal for several", [auth, syslog], [auth.location, syslog.location], true, ["journald"]],
  ["a missing log where there is no journal", [auth], [auth.location], false, [auth.location]],
  ["a missing log that is not syslog's", [fast], [fast.location], true, [fast.location]],
  ["a log that is named twice, once", [auth, auth], [], true, [auth.location]],
  ["the journal on request", [auth, journald("all")], [], true, [auth.location, "journald"]],
])("opens %s", (_, files, missing, hasJournal, names) => {
  expect(open(files, missing, hasJournal).names).toEqual(names);
});

test("says for what the journal stands in", () => {
  expect(open([auth, syslog], [auth.location, syslog.location]).messages).toEqual([
    "info: the journal stands in for /var/log/auth.log, /var/log/syslog",
  ]);
});

test.each([
  "/var/log/*.log",
  "/var/log/a?.log",
  "/var/log/[ab].log",
  "/var/log/app-%Y.log",
  "auth.log",
])("shows %s as a source in trouble", async (location) => {
  const { sources, messages } = open([{ location, logFormat: "syslog" }], []);
  expect(sources[0]?.health()).toMatchObject({ name: location, state: "failed" });
  expect(messages[0]).toContain(`cannot follow "${location}": `);
  await drive(sources[0]!).stop();
});

const all = Array.from({ length: 24 }, (_, facility) => facility);
test.each<[string[], string[], number[]]>([
  [["/var/log/auth.log"], [], [4, 10]],
  [["/var/log/secure", "/var/log/auth.log"], [], [4, 10]],
  [["/var/log/kern.log", "/var/log/mail.log"], [], [0, 2]],
  [["/var/log/syslog"], ["/var/log/auth.log"], all.filter((one) => one !== 4 && one !== 10)],
  [["/var/log/syslog", "/var/log/auth.log"], [], all],
  [["/var/log/messages"], ["/var/log/kern.log"], all.filter((one) => ![0, 4, 10].includes(one))],
  [
    ["/var/log/syslog", "/var/log/kern.log"],
    ["/var/log/app.log"],
    all.filter((one) => one !== 4 && one !== 10),
  ],
  [[], ["/var/log/auth.log"], []],
])("without %j and with %j the journal gives facilities %j", (absent, present, facilities) => {
  expect(facilitiesOf(absent, present)).toEqual(facilities);
});
