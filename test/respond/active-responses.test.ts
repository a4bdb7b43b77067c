import { linkSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { activeResponsesLog, line, zoneFrom } from "../../src/respond/active-responses.ts";
import { run } from "../../src/respond/run.ts";
import { wantedBy } from "../../src/respond/wanted.ts";
import { addressOf, memoryLog, must, remove, scratch } from "./machine.ts";

const at = Date.UTC(2020, 4, 17, 21, 11, 31);
const block = {
  response: "firewall-drop",
  address: addressOf("192.0.2.241"),
  network: "192.0.2.241",
  since: at,
  until: at + 300_000,
  rule: 300011,
  alert: "1589749891.52882",
  count: 1,
} as const;

let root: string;
let path: string;
beforeEach(async () => {
  const made = scratch();
  root = made.root;
  path = made.paths.activeResponsesLog;
  await mkdir(dirname(path), { recursive: true });
});
afterEach(() => remove(root));

const tail = "/usr/lib/stockade/active-response/bin/firewall-drop.sh";

test.each([1, 17, 31])("a line begins as date(1) writes it, on day %s", async (day) => {
  const when = new Date(2020, 4, day, 1, 2, 3).getTime();
  const zone = await zoneFrom(run)(when);
  const date = await must(run, "/usr/bin/date", [`--date=@${when / 1000}`]);
  expect(line({ verb: "add", block, at: when }, zone)).toBe(
    `${date.trim()} ${tail} add - 192.0.2.241 1589749891.52882 300011\n`,
  );
});

test("add and delete end alike", () => {
  const [add, end] = (["add", "delete"] as const).map((verb) => line({ verb, block, at }, "UTC"));
  expect(end).toBe(add?.replace(" add ", " delete "));
});

test("a ban by hand names its network and has an id of the usual form", () => {
  const request = { verb: "ban", request: 1, response: "firewall-drop", seconds: 60 } as const;
  const { fresh } = wantedBy({ ...request, network: "192.0.2.0/24", by: "root", why: "" }, at);
  expect(line({ verb: "add", block: fresh, at }, "UTC")).toMatch(
    /\/firewall-drop\.sh add - 192\.0\.2\.0\/24 \d+\.\d+ 0\n$/,
  );
});

test("goes on in a new file after rotation, for its group, whatever the umask", async () => {
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  const log = memoryLog();
  const journal = activeResponsesLog(path, 4, async () => "UTC", log);
  await journal.write({ verb: "add", block, at });
  renameSync(path, `${path}.1`);
  await journal.write({ verb: "delete", block, at });
  expect(readFileSync(`${path}.1`, "utf8")).toMatch(/ add - .*\n$/);
  expect(readFileSync(path, "utf8")).toMatch(/^[^\n]* delete - [^\n]*\n$/);
  const { mode, gid } = statSync(path);
  expect([mode & 0o777, gid]).toEqual([0o640, 4]);
  expect(log.lines).toEqual([]);
});

test.each([
  ["a symbolic link", symlinkSync],
  ["a second name", linkSync],
])("is not led to another file by %s", async (_title, lead) => {
  const victim = join(root, "victim");
  writeFileSync(victim, "precious\n");
  lead(victim, path);
  const log = memoryLog();
  const journal = activeResponsesLog(path, 0, async () => "UTC", log);
  await journal.write({ verb: "add", block, at });
  await journal.write({ verb: "add", block, at });
  expect(readFileSync(victim, "utf8")).toBe("precious\n");
  expect(log.lines).toHaveLength(1);
});
