import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { onRecord } from "../../../src/integrity/packages/on-record.ts";
import { openTransactions } from "../../../src/integrity/packages/transactions.ts";
import { logTime, pastTheLog } from "../judging/transactions.ts";
import { atWork, changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";

const minute = 60_000;
let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
  system.install({ name: "tool", version: "1", files: { "/usr/bin/tool": "tool\n" } });
});
afterEach(() => system.remove());

/** A line in dpkg's log that dpkg has not written. */
function forge(at: number, line: string): void {
  appendFileSync(join(system.root, "var/log/dpkg.log"), `${logTime(at)} ${line}\n`);
}

async function shown(): Promise<string[][]> {
  const now = () => Date.now() + 60 * minute;
  const logged = openTransactions({
    root: system.root,
    now,
    procLocks: join(system.root, "locks"),
  });
  const all = await onRecord(logged, system).since(0);
  return all.map(({ packages }) =>
    packages.map(({ package: name, action }) => `${action} ${name}`),
  );
}

test("what dpkg did is shown by its files, whatever comes later", async () => {
  expect(await shown()).toEqual([["install tool"]]);
  system.dpkg("-P", "tool");
  pastTheLog(system);
  expect(await shown()).toEqual([["remove tool"]]);
});

test("a package that was removed since was installed all the same", async () => {
  pastTheLog(system);
  system.dpkg("-P", "tool");
  expect(await shown()).toEqual([["install tool"], ["remove tool"]]);
});

test.each(["upgrade tool:all 1 1", "install other:all <none> 1", "purge tool:all 1 <none>"])(
  "a line that only the log has explains nothing: %s",
  async (line) => {
    pastTheLog(system);
    forge(Date.now() + 20 * minute, line);
    expect(await shown()).toEqual([["install tool"]]);
  },
);

test("of a run that dpkg made, a package that it did not unpack is left out", async () => {
  pastTheLog(system);
  system.install({ name: "other", version: "1", files: { "/usr/bin/other": "other\n" } });
  forge(Date.now() + 10_000, "upgrade third:all 1 2");
  expect(await shown()).toEqual([["install tool"], ["install other"]]);
});

test("a run that is stretched by forged lines, long after dpkg wrote its records, is none", async () => {
  for (let second = 0; second <= 900; second += 50) {
    forge(Date.now() + second * 1000, "configure tool:all 1 <none>");
  }
  expect(await shown()).toEqual([]);
});

test("while dpkg works, its records are not written yet", async () => {
  forge(Date.now() + 59 * minute, "upgrade other:all 1 2");
  atWork(system, true);
  expect(await shown()).toEqual([["install tool"], ["upgrade other"]]);
});

test("a program that was replaced is not explained by a line in the log", async () => {
  pastTheLog(system);
  const before = looks(system, "/usr/bin/tool", "/etc/evil");
  system.put("/usr/bin/tool", "evil\n");
  system.put("/etc/evil", "-> ../usr/bin/tool");
  const later = changesSince(system, before).map((change) => {
    if (change.after) Object.assign(change.after, { ctime: change.after.ctime + minute });
    return change;
  });
  forge(Date.now() + minute, "upgrade tool:all 1 2");
  const { judge } = judgeOf(system);
  const { judged } = await judge.judge(later);
  expect(judged.map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual([
    "differs: the content is not what tool 1 recorded",
    "unowned: no package owns it",
  ]);
});
