import { createReadStream, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "../cli/scratch.ts";
import { startProcesses } from "../collect/processes.ts";

const lineCount = 200_000;
const rotationCount = 20;
const killCount = 10;
/** A batch is 256 KiB at the most, and a line of the writer has 90 bytes and more. */
const mostInFlight = Math.ceil((256 * 1024) / 90);

let scratch: Scratch;
let processes: ReturnType<typeof startProcesses>;
beforeEach(() => {
  scratch = openScratch();
  processes = startProcesses();
});
afterEach(async () => {
  await processes.endAll();
  await scratch.remove();
});

test.each(["rename", "copytruncate"])(
  "W9: the daemon, killed ten times through twenty rotations by %s, analyses every line",
  async (rotation) => {
    scratch.rule(
      '<group name="t,"><rule id="100001" level="3"><program_name>^numbers$</program_name><description>d</description></rule></group>',
    );
    writeFileSync(scratch.log, "");
    const alerts = join(scratch.root, "var/log/stockade/alerts/alerts.log");
    const tell = processes.writer(scratch.log);
    const status = join(scratch.root, "run/stockade/daemon/status.json");
    let daemon = scratch.start("stockaded");
    await until(() => existsSync(status), "the daemon");
    for (let round = 0; round < rotationCount; round++) {
      const before = statSync(alerts).size;
      await tell(`write ${lineCount / rotationCount}`);
      if (round % 2 === 0) {
        await until(() => statSync(alerts).size > before, "alerts");
        await daemon.kill();
        daemon = scratch.start("stockaded");
      }
      await tell(rotation);
    }
    const seen = new Int8Array(lineCount);
    await until(async () => (await readInto(seen, alerts)) === lineCount, "every line", 60);
    const repeated = seen.reduce((sum, times) => sum + times - 1, 0);
    expect(repeated).toBeLessThanOrEqual(killCount * mostInFlight);
  },
  120_000,
);

/** Counts each line of the writer in the alert log; returns how many different ones there are. */
async function readInto(seen: Int8Array, file: string): Promise<number> {
  seen.fill(0);
  for await (const row of createInterface({ input: createReadStream(file) })) {
    const number = / numbers\[1\]: line (\d+) /.exec(row)?.[1];
    if (number !== undefined) seen[Number(number)] = (seen[Number(number)] ?? 0) + 1;
  }
  return seen.reduce((sum, times) => sum + (times > 0 ? 1 : 0), 0);
}
