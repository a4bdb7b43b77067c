import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openIntegrityProcess, untilSo } from "./integrity-process.ts";
import { type Cost, timed } from "./timed.ts";

const folders = 20_000;
const changes = 10_000;

/**
 * Baseline and rescan of /usr, with SHA-256, by AIDE, by `sha256sum` on all cores, and by us as fast as we can; all of it is in the
 * page cache for each of them. Then what real-time watching costs.
 */
export async function integrity(scratch: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.log("integrity NOT measured: needs root");
    return;
  }
  const list = join(scratch, "files");
  sh(`find /usr -xdev -type f -print0 > ${list}`);
  sh(`xargs -0 cat < ${list} > /dev/null`);
  const load = loadavg()[0]?.toFixed(1);
  console.log(`/usr: ${counted(list)} files, all in the page cache, load ${load} before it begins`);
  const sums = timed(`xargs -0 -n 200 -P${availableParallelism()} sha256sum < ${list} > /dev/null`);
  tell("sha256sum on all cores", sums);
  besideAide(scratch, await ourScans(sums));
  await watching();
}

function sh(command: string): void {
  const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  // A file that went meanwhile is no reason to stop.
  if (status !== 0 && status !== 123) throw new Error(`${command}: ${stderr}`);
}

function counted(list: string): number {
  return readFileSync(list, "latin1").split("\0").length - 1;
}

function tell(name: string, { wall, cpu, peak }: Cost, more = ""): void {
  const [seconds, busy] = [wall, cpu].map((value) => value.toFixed(1));
  console.log(`${name}: ${seconds} s, ${busy} s of CPU, peak ${peak.toFixed(0)} MB${more}`);
}

/** Returns what the baseline and a rescan cost. */
async function ourScans(sums: Cost): Promise<{ first: Cost; again: Cost }> {
  const directories = '<directories check_all="yes">/usr</directories>';
  const rates =
    "<max_files_per_second>0</max_files_per_second><max_megabytes_per_second>0</max_megabytes_per_second>";
  const ours = openIntegrityProcess(directories + rates);
  try {
    await ours.start();
    await untilSo(async () => (await ours.status()).last !== undefined, 1800);
    const { last, files } = await ours.status();
    const first = { ...ours.used(), wall: (last?.milliseconds ?? Number.NaN) / 1000 };
    const ratios = `; ${(first.wall / sums.wall).toFixed(2)} of sha256sum's time (the aim is 1.3), ${(first.cpu / sums.cpu).toFixed(2)} of its CPU time`;
    tell(`Stockade, baseline of ${files}`, first, ratios);
    const scans: Cost[] = [];
    for (let n = 0; n < 3; n++) scans.push(await costOf(ours, { verb: "scan", full: false }));
    const again = scans.toSorted((one, other) => one.wall - other.wall)[1] ?? first;
    tell("Stockade, rescan of the unchanged tree", again, "; the aim is 3 s");
    tell("Stockade, full rescan", await costOf(ours, { verb: "scan", full: true }));
    tell("Stockade, integrity verify", await costOf(ours, { verb: "verify" }));
    await sleep(20_000);
    console.log(`Stockade, idle after that: ${ours.used().pss.toFixed(0)} MB PSS`);
    return { first, again };
  } finally {
    await ours.remove();
  }
}

async function costOf(
  ours: ReturnType<typeof openIntegrityProcess>,
  request: object,
): Promise<Cost> {
  ours.forgetPeak();
  const before = ours.used();
  const begun = performance.now();
  await ours.ask(request);
  const wall = (performance.now() - begun) / 1000;
  const { cpu, peak } = ours.used();
  return { wall, cpu: cpu - before.cpu, peak };
}

function besideAide(scratch: string, ours: { first: Cost; again: Cost }): void {
  if (!existsSync("/usr/bin/aide")) {
    console.log("AIDE is ABSENT, no comparison: apt-get install aide");
    return;
  }
  const file = join(scratch, "aide");
  const settings = `database_in=file:${file}.db\ndatabase_out=file:${file}.new\ngzip_dbout=no\nreport_url=file:${file}.report\n/usr p+u+g+s+i+ftype+l+m+c+sha256+acl+xattrs\n`;
  writeFileSync(`${file}.conf`, settings);
  const init = timed(`aide --init --config ${file}.conf > /dev/null`);
  const ratio = (theirs: Cost, our: Cost) =>
    `; ${(theirs.wall / our.wall).toFixed(1)} times our time, ${(theirs.cpu / our.cpu).toFixed(1)} times our CPU time`;
  tell("aide --init", init, ratio(init, ours.first));
  sh(`mv ${file}.new ${file}.db`);
  const check = timed(`aide --check --config ${file}.conf > /dev/null`);
  tell("aide --check", check, ratio(check, ours.again));
}

/** Memory while many folders are watched, and what many changes cost. */
async function watching(): Promise<void> {
  const ours = openIntegrityProcess(
    '<directories check_all="yes" realtime="yes">/srv</directories><max_files_per_second>0</max_files_per_second>',
  );
  const file = (n: number) => join(ours.root, `srv/${n % 100}/${n}/file`);
  try {
    for (let n = 0; n < folders; n++) {
      mkdirSync(join(file(n), ".."), { recursive: true });
      writeFileSync(file(n), `${n}`);
    }
    const begun = performance.now();
    await ours.start();
    await untilSo(async () => (await ours.status()).realtime.problem !== "it begins", 120);
    const ready = ((performance.now() - begun) / 1000).toFixed(1);
    const { realtime } = await ours.status();
    const problem = realtime.problem === undefined ? "" : `, NOT all: ${realtime.problem}`;
    console.log(`watching ${realtime.folders} folders ${ready} s after the start${problem}`);
    await untilSo(async () => isQuiet(await ours.status()), 300);
    await sleep(20_000);
    console.log(`idle then: ${ours.used().pss.toFixed(0)} MB PSS; the aim is 40`);
    const before = { ...ours.used(), outstanding: (await ours.status()).outstanding };
    ours.forgetPeak();
    for (let n = 0; n < changes; n++) {
      writeFileSync(file(n), `changed ${n}`);
      if (n % 100 === 99) await sleep(Math.max(0, begunAt(n) - performance.now()));
    }
    const end = performance.now();
    const isTaken = async () => (await ours.status()).outstanding - before.outstanding >= changes;
    await untilSo(isTaken, 300);
    const late = ((performance.now() - end) / 1000).toFixed(1);
    const { cpu, peak, pss } = ours.used();
    console.log(
      `${changes} changed files: all taken in ${late} s after the last one, ${(cpu - before.cpu).toFixed(1)} s of CPU, ` +
        `peak ${peak.toFixed(0)} MB, ${pss.toFixed(0)} MB PSS after it`,
    );
  } finally {
    await ours.remove();
  }
  function begunAt(n: number): number {
    started ??= performance.now();
    return started + (n / changes) * 60_000;
  }
}

let started: number | undefined;

function isQuiet({
  scanning,
  nextAt,
  last,
}: {
  scanning: boolean;
  nextAt: number;
  last?: unknown;
}) {
  return last !== undefined && !scanning && nextAt > Date.now() + 60_000;
}
