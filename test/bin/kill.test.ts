import {
  appendFileSync,
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectResponder } from "../../src/respond/client.ts";
import { openScratch, type Scratch, until } from "../cli/scratch.ts";
import { startProcesses } from "../collect/processes.ts";
import { kills } from "../kills.ts";
import { type Random, randomNumbers } from "../random.ts";
import { memoryLog } from "../respond/machine.ts";

/** By each rotation half of them. */
const killCount = kills / 2;
const lineCount = 50_000;
const roundsOfRotation = 5;
/** A batch is 256 KiB at the most, and a line of the writer has 90 bytes and more. */
const mostInFlight = Math.ceil((256 * 1024) / 90);
/** Two thirds of them die while they start or just after, the others at work. */
const startMilliseconds = 400;
const friend = "198.51.100.0/24";

const alertLog = "var/log/stockade/alerts/alerts.log";

const rules =
  '<group name="t,"><rule id="100001" level="3"><program_name>^numbers$</program_name><description>d</description></rule><rule id="100002" level="10"><decoded_as>knocks</decoded_as><description>d</description></rule></group>';
const decoder =
  '<decoder name="knocks"><program_name>^knocks$</program_name><regex>from (\\S+)</regex><order>srcip</order></decoder>';

let scratches: Scratch[];
let processes: ReturnType<typeof startProcesses>;
beforeEach(() => {
  scratches = [openScratch(), openScratch()];
  processes = startProcesses();
});
afterEach(async () => {
  await processes.endAll();
  await Promise.all(scratches.map((one) => one.remove()));
});

test(`W9, W21: the daemon, killed ${kills} times, through rotations by rename and by copytruncate`, async () => {
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`kills of the daemon: seed ${seed}\n`);
  const each = scratches.map(async (scratch, n) => {
    const known = new Set<string>();
    await killOften(scratch, n === 0 ? "rename" : "copytruncate", randomNumbers(seed + n), known);
    await eachLineIsAnalysed(scratch);
    await blocksHaveAnEnd(scratch, known);
    await stateOpens(scratch);
  });
  await Promise.all(each);
}, 240_000);

/** Fewer rules than are shipped, because reading those takes longer than all else of a start. */
function prepare(scratch: Scratch): { knocks: string; status: string } {
  const knocks = scratch.write("var/log/knocks.log", "");
  writeFileSync(scratch.log, "");
  scratch.rule(rules);
  scratch.write("etc/stockade/decoder.xml", decoder);
  scratch.settings(`<rules><include>local.xml</include></rules><global><white_list>${friend}</white_list></global>
    <localfile><location>${knocks}</location><log_format>syslog</log_format></localfile>
    <active-response><command>firewall-drop</command><level>9</level><timeout>3600</timeout><verdict>attacked-by, called-out, answered, unproven</verdict></active-response>
    <circuit_breaker><network_per_minute>1000</network_per_minute><network_per_hour>1000</network_per_hour></circuit_breaker>`);
  return { knocks, status: join(scratch.root, "run/stockade/daemon/status.json") };
}

/** Leaves a daemon that runs. Puts into `known` who knocked. */
async function killOften(scratch: Scratch, rotation: string, random: Random, known: Set<string>) {
  const { knocks, status } = prepare(scratch);
  const tell = processes.writer(scratch.log);
  await scratch.cli(["config", "compile"]);
  scratch.start("stockade-respond");
  let daemon = scratch.start("stockaded");
  await until(() => existsSync(status), "the daemon");
  const alerts = { path: join(scratch.root, alertLog), before: 0 };
  for (let round = 0; round < killCount; round++) {
    await tell(`write ${lineCount / killCount}`);
    for (const address of [someAddress(random), someAddress(random)]) {
      appendFileSync(knocks, `${new Date().toISOString()} web1 knocks[1]: from ${address}\n`);
      known.add(address);
    }
    if (random(3) > 0) await sleep(random(startMilliseconds));
    else {
      await until(() => isAtWork(alerts), "alerts");
      await sleep(random(60));
    }
    await daemon.kill();
    alerts.before = sizeOf(alerts.path);
    daemon = scratch.start("stockaded");
    if (round % roundsOfRotation === 0) await tell(rotation);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function isAtWork({ path, before }: { path: string; before: number }): boolean {
  return sizeOf(path) > before;
}

function someAddress(random: Random): string {
  // None that this machine or its gateway could have: those are never blocked.
  const networks = ["20.0.0", "21.0.0", "198.51.100", "127.0.0"];
  return `${networks[random(4)]}.${1 + random(250)}`;
}

async function eachLineIsAnalysed({ root }: Scratch): Promise<void> {
  const alerts = join(root, alertLog);
  const seen = new Int32Array(lineCount);
  await until(async () => (await readInto(seen, alerts)) === lineCount, "every line", 60);
  const repeated = seen.reduce((sum, times) => sum + times - 1, 0);
  expect(repeated).toBeLessThanOrEqual(killCount * mostInFlight);
}

/** Counts each line of the writer in the alert log; returns how many different ones there are. */
async function readInto(seen: Int32Array, file: string): Promise<number> {
  seen.fill(0);
  for await (const row of createInterface({ input: createReadStream(file) })) {
    const number = / numbers\[1\]: line (\d+) /.exec(row)?.[1];
    if (number !== undefined) seen[Number(number)] = (seen[Number(number)] ?? 0) + 1;
  }
  return seen.reduce((sum, times) => sum + (times > 0 ? 1 : 0), 0);
}

/** And who knocked is blocked, but nobody whom it must never be. */
async function blocksHaveAnEnd({ root }: Scratch, known: ReadonlySet<string>): Promise<void> {
  const wanted = [...known].filter((address) => !/^(198\.51\.100|127)\./.test(address)).sort();
  const responder = connectResponder(join(root, "run/stockade/respond.sock"), memoryLog());
  const blocks = async () => {
    const reply = await responder.ask({ verb: "list" }, 20_000);
    return reply.ok ? reply.blocks : [];
  };
  await until(async () => (await blocks()).length >= wanted.length, "every block");
  const found = await blocks();
  expect(found.map(({ network }) => network).sort()).toEqual(wanted);
  for (const { since, until: end } of found) expect(end - since).toBeLessThanOrEqual(3_700_000);
  responder.close();
  const journal = readFileSync(join(root, "var/log/stockade/active-responses.log"), "utf8");
  expect(journal).not.toMatch(/ (198\.51\.100|127\.0\.0)\./);
}

/** Nothing was set aside, and the evidence of a block can be read. */
async function stateOpens(scratch: Scratch): Promise<void> {
  const folder = join(scratch.root, "var/lib/stockade");
  const files = readdirSync(folder, { recursive: true }).map(String);
  expect(files.filter((name) => /corrupt|damaged/.test(name))).toEqual([]);

  const bans = await scratch.cli(["bans", "--json"]);
  const [{ network }] = JSON.parse(bans.stdout);
  const why = await scratch.cli(["why", network]);
  expect(why.stdout).toContain("knocks[1]: from");
}
