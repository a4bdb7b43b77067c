import { expect, test } from "vitest";
import type { Change, IntegrityVerdict, JudgedChange } from "../../src/integrity/entry.ts";
import { toTell, type Wanted } from "../../src/integrity/quiet.ts";
import { entry, judged, modified } from "./made.ts";

const added = (path: string, more = {}): Change => ({
  action: "added",
  before: undefined,
  after: entry(path, more),
});
const changed = (path: string, more = {}): Change =>
  modified(entry(path), entry(path, { sha256: "bb", ...more }));
const times = (count: number, verdict: IntegrityVerdict = "plain") =>
  Array.from({ length: count }, () => judged(changed("/srv/a"), verdict));

function isTold(one: JudgedChange, wanted: Partial<Wanted>, earlier: JudgedChange[] = []): boolean {
  const settings = { autoIgnore: false, alertNewFiles: true, ...wanted };
  const judgement = { judged: [one], wait: [], transactions: new Map() };
  return toTell(judgement, settings, () => earlier).judged.length === 1;
}

const often = { autoIgnore: true };
const noNews = { alertNewFiles: false };

test("auto_ignore: the third change is told, the fourth is not", () => {
  const one = judged(changed("/srv/a"));
  expect(isTold(one, often, times(2))).toBe(true);
  expect(isTold(one, often, times(3))).toBe(false);
  expect(isTold(one, {}, times(50))).toBe(true);
  expect(isTold(judged(changed("/etc/resolv.conf"), "unowned"), often, times(3))).toBe(false);
});

test("auto_ignore: upgrades are no changes of the file's own, and are told as ever", () => {
  const one = judged(changed("/etc/app.conf"), "conffile");
  expect(isTold(one, often, [...times(3, "explained"), ...times(3, "side-effect")])).toBe(true);
  expect(isTold(judged(changed("/usr/bin/a"), "explained"), often, times(3))).toBe(true);
});

test("alert_new_files: a new file is not told; one that is back, and one that changed, is", () => {
  expect(isTold(judged(added("/srv/a")), noNews)).toBe(false);
  expect(isTold(judged(added("/etc/a"), "unowned"), noNews)).toBe(false);
  expect(isTold(judged(added("/srv/a")), {})).toBe(true);
  expect(isTold(judged(changed("/srv/a")), noNews)).toBe(true);
  const gone: Change = { action: "deleted", before: entry("/srv/a"), after: undefined };
  expect(isTold(judged(added("/srv/a")), noNews, [judged(gone)])).toBe(true);
});

test("neither hides what matters most", () => {
  const grave = [
    judged(added("/usr/bin/a"), "differs"),
    judged(added("/usr/lib/stockade/a"), "tools"),
    judged(added("/usr/bin/a"), "unverified"),
    judged(added("/usr/bin/a", { mode: 0o4755 }), "unowned"),
    judged(added("/usr/bin/a", { attributes: { "security.capability": "01" } }), "unowned"),
    judged(added("/etc/cron.d/a"), "unowned"),
    judged(changed("/etc/ssh/sshd_config"), "conffile"),
    judged(changed("/usr/bin/a", { mode: 0o2755 }), "matches"),
  ];
  for (const one of grave) expect(isTold(one, { ...often, ...noNews }, times(9))).toBe(true);
});
