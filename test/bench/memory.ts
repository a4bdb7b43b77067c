import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";
import { openScratch, until } from "../cli/scratch.ts";

/**
 * PSS of each resident process after a minute of idling: what it costs beside the others, see proc_pid_smaps(5). No file is
 * watched, which is some MB more.
 */
export async function memory(more: readonly string[] = []): Promise<void> {
  const scratch = openScratch();
  try {
    await scratch.cli(["config", "compile"]);
    const processes = (["stockade-respond", "stockaded", "stockade-integrity"] as const).map(
      (name) => ({
        name,
        ...scratch.start(name, [...nodeFlags[name], ...more], mallocVariables),
      }),
    );
    await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
    // Until every pattern has been used once.
    await sleep(60_000);
    const sizes = processes.map(({ name, pid }) => ({ name, kilobytes: pss(pid) }));
    for (const { name, kilobytes } of sizes)
      console.log(`${name}: ${megabytes(kilobytes)} MB PSS idle`);
    const sum = sizes.reduce((total, { kilobytes }) => total + kilobytes, 0);
    console.log(`together: ${megabytes(sum)} MB PSS; the budget is 110`);
  } finally {
    await scratch.remove();
  }
}

function pss(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN);
}

function megabytes(kilobytes: number): string {
  return (kilobytes / 1024).toFixed(1);
}
