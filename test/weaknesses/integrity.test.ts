import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followFindings } from "../../src/collect/findings.ts";
import type { Event } from "../../src/core/event.ts";
import { printable } from "../../src/core/printable.ts";
import { findingEvent } from "../../src/decode/formats/own.ts";
import { scratchSystem } from "../integrity/scratch-system.ts";

const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");

/** The real process over a server of its own, and what it tells the daemon. */
let system: ReturnType<typeof scratchSystem>;
let integrity: ChildProcess | undefined;
let stopping: AbortController;
let events: Event[];

beforeEach(() => {
  system = scratchSystem();
  for (const folder of ["etc/stockade", "run/stockade", "var/lib/stockade", "proc", "srv"])
    mkdirSync(join(system.root, folder), { recursive: true });
  // By which dpkg is seen at work.
  symlinkSync("/proc/locks", at("proc/locks"));
  system.put(
    "/etc/stockade/stockade.conf",
    `<stockade_config><syscheck>
      <directories check_all="yes" realtime="yes" report_changes="yes">/srv,/usr/bin</directories>
      <max_files_per_second>0</max_files_per_second>
    </syscheck></stockade_config>`,
  );
  stopping = new AbortController();
  events = [];
});

afterEach(async () => {
  stopping.abort();
  if (integrity) {
    integrity.kill("SIGKILL");
    await once(integrity, "exit");
  }
  rmSync(system.root, { recursive: true, force: true });
});

const at = (path: string) => join(system.root, path);
const named = (decoder: RegExp) => events.filter((event) => decoder.test(event.decoder ?? ""));
const files = (decoder: RegExp) => new Set(named(decoder).map(({ fields }) => fields["filename"]));
/** What an alert shows of an event. */
const shown = (event: Event | undefined) => [event?.fullLog, ...(event?.evidence ?? [])];

/** Starts it, and resolves when it has learned what is there and watches. */
async function start(): Promise<void> {
  const bundle = join(repository, "dist/stockade-integrity.mjs");
  integrity = spawn(
    node,
    ["--max-semi-space-size=1", "--max-old-space-size=160", bundle, "--root", system.root],
    { stdio: "ignore" },
  );
  void collect();
  await expect.poll(watches, { timeout: 30_000, interval: 500 }).toBe(true);
}

async function collect(): Promise<void> {
  const path = at("run/stockade/integrity/findings.sock");
  const source = followFindings({ path, clock: Date.now, retryMilliseconds: 50 });
  for await (const { lines, done } of source.batches(stopping.signal)) {
    events.push(...lines.map(findingEvent));
    await done();
  }
}

async function watches(): Promise<boolean> {
  const said = await stockade("integrity", "status", "--json");
  if (!said.startsWith("{")) return false;
  const { realtime, scanning, last } = JSON.parse(said);
  return realtime.problem === undefined && !scanning && last !== undefined;
}

/** What a command prints. */
async function stockade(...words: string[]): Promise<string> {
  const script = join(repository, "dist/stockade.mjs");
  const asking = spawn(node, [script, "--root", system.root, ...words]);
  let said = "";
  asking.stdout.on("data", (text) => {
    said += text;
  });
  await once(asking, "close");
  return said;
}

test("W7: what changed in a file is told line by line, under the file's own name", async () => {
  const name = "srv/a.txt2a3> line\nRule: 5716";
  writeFileSync(at(name), "one\ntwo\nthree\n");
  await start();
  writeFileSync(at(name), "one\ntwo\nthree changed\n");
  await expect.poll(() => events.length, { timeout: 10_000 }).toBe(1);
  const [event] = events;
  expect(event?.decoder).toBe("syscheck_integrity_changed");
  expect(event?.fields["filename"]).toBe("/srv/a.txt2a3> line\\x0aRule: 5716");
  expect(shown(event)).toContain(
    "Integrity checksum changed for: '/srv/a.txt2a3> line\\x0aRule: 5716'",
  );
  expect(shown(event).slice(-6)).toEqual([
    "What changed:",
    "@@ -1,3 +1,3 @@",
    " one",
    " two",
    "-three",
    "+three changed",
  ]);
});

test("W8: of 1,000 files each that is made, changed, deleted, renamed and replaced is counted once, however fast", async () => {
  for (let n = 0; n < 1000; n++) writeFileSync(at(`srv/${n}`), `${n}`);
  await start();
  for (let n = 0; n < 1000; n += 5) {
    writeFileSync(at(`srv/new${n}`), "new");
    writeFileSync(at(`srv/${n}`), "changed");
    rmSync(at(`srv/${n + 1}`));
    renameSync(at(`srv/${n + 2}`), at(`srv/moved${n}`));
    chmodSync(at(`srv/${n + 3}`), 0o777);
    writeFileSync(at(`srv/${n + 4}.new`), "replaced");
    renameSync(at(`srv/${n + 4}.new`), at(`srv/${n + 4}`));
  }
  // Many at once are told together; each finding says how many.
  const count = (decoder: RegExp) =>
    named(decoder).reduce((sum, { fields }) => sum + Number(fields["id"] ?? 1), 0);
  const counts = () => ({
    added: count(/new_entry/),
    changed: count(/changed/),
    deleted: count(/deleted/),
  });
  // A deleted and a new one for each that was renamed; nothing is told twice.
  const all = { added: 400, changed: 600, deleted: 400 };
  await expect.poll(counts, { timeout: 60_000 }).toEqual(all);
  expect(events.length).toBeLessThan(70);
  const said = JSON.parse(await stockade("integrity", "history", "/srv", "--json"));
  const actions = Map.groupBy(said, ({ action }: { action: string }) => action);
  expect([...actions.values()].map(({ length }) => length).sort()).toEqual([400, 400, 600]);
  const list = await stockade("integrity", "history", "/srv");
  expect(list).toMatch(/^\S+ +added +plain +\/srv\/new995$/m);
});

test("other settings are in force after SIGHUP, however often it comes", async () => {
  await start();
  const file = at("etc/stockade/stockade.conf");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace("</syscheck>", "<ignore>/srv/quiet</ignore></syscheck>"));
  for (let time = 0; time < 3; time++) integrity?.kill("SIGHUP");
  let n = 0;
  const tries = async () => {
    n += 1;
    for (const name of ["quiet", "loud"]) writeFileSync(at(`srv/${name}${n}`), "x");
    await expect
      .poll(() => files(/new_entry/).has(`/srv/loud${n}`), { timeout: 20_000 })
      .toBe(true);
    return files(/new_entry/).has(`/srv/quiet${n}`);
  };
  await expect.poll(tries, { timeout: 50_000 }).toBe(false);
}, 60_000);

test("W28: an upgrade of a package is one word, however many files it has; W30: none of 1,200 is lost", async () => {
  const built = (version: string) => ({
    name: "tools",
    version,
    files: Object.fromEntries(
      Array.from({ length: 1200 }, (_, n) => [`/usr/bin/tool${n}`, `tool ${n} ${version}\n`]),
    ),
  });
  system.install(built("1"));
  await start();
  system.install(built("2"));
  const told = () => named(/transaction/).map((event) => Number.parseInt(event.fullLog, 10));
  const sum = () => told().reduce((all, one) => all + one, 0);
  await expect.poll(sum, { timeout: 90_000 }).toBe(1200);
  expect(events.filter(({ decoder }) => decoder !== "integrity_transaction")).toEqual([]);
  // On a machine that has no time for it, what comes late is told late.
  expect(told().length).toBeLessThan(4);
  expect(shown(events[0])).toContainEqual(expect.stringMatching(/^Packages: tools /));
  const id = `${events[0]?.fields["transaction"]}`;
  const said = await stockade("integrity", "history", "--transaction", id, "--json");
  expect(JSON.parse(said)).toHaveLength(1200);
  expect(
    JSON.parse(await stockade("integrity", "history", "--since", "1h", "--json")),
  ).toHaveLength(1200);
  expect(peakMegabytes()).toBeLessThan(150);
}, 150_000);

const deep = `${"d".repeat(250)}/`.repeat(14);
const hostile: readonly (readonly [what: string, name: Buffer, shown: string])[] = [
  ["a newline", Buffer.from("a\nRule: 1 (level 16)"), "a\\x0aRule: 1 (level 16)"],
  ["quotes", Buffer.from("a' b\" c` $(x)"), "a' b\" c` $(x)"],
  ["a terminal's commands", Buffer.from("\x1b]0;x\x07\x9b2J"), "\\x1b]0;x\\x07\\x9b2J"],
  ["reordering", Buffer.from("a\u202egpj.exe"), "a\\u202egpj.exe"],
  ["no UTF-8", Buffer.from([0x61, 0xff, 0xfe]), "a\\xff\\xfe"],
];

test("names of every kind are shown and never obeyed: finding, status, history, diff", async () => {
  await start();
  for (const [, name] of hostile)
    writeFileSync(Buffer.concat([Buffer.from(at("srv/")), name]), "x");
  mkdirSync(at(`srv/${deep}`), { recursive: true });
  writeFileSync(at(`srv/${deep}last`), "x");
  const paths = [...hostile.map(([, , shown]) => `/srv/${shown}`)];
  await expect
    .poll(() => [...files(/new_entry/)], { timeout: 20_000 })
    .toEqual(expect.arrayContaining(paths));
  await expect
    .poll(() => events.some(({ fullLog }) => fullLog.includes("last'")), { timeout: 20_000 })
    .toBe(true);
  const printed = [
    ...events.flatMap(shown),
    await stockade("integrity", "status"),
    await stockade("integrity", "history", "/srv/a\nRule: 1 (level 16)"),
    await stockade("integrity", "diff", "/srv/a\u202egpj.exe"),
  ].join("\n");
  for (const path of paths) expect(printed).toContain(path);
  expect(printed.replaceAll("\n", "")).toBe(printable(printed.replaceAll("\n", "")));
  expect(printed).not.toMatch(/^Rule: 1 /m);
  expect(await stockade("integrity", "accept", "/srv")).toMatch(/^\d+ changes accepted$/m);
}, 60_000);

/** Of the process, see proc_pid_status(5). */
function peakMegabytes(): number {
  const status = readFileSync(`/proc/${integrity?.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
