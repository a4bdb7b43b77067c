import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchesIn, holds, kill, lastNumberIn, startProcesses, until } from "../processes.ts";

const lineCount = 200_000;
const rotationCount = 20;
const killCount = 10;
const rounds = Array.from({ length: rotationCount }, (_, round) => round);

/** Lines that the writer still writes to the old file while it rotates; see fixtures/write.ts. */
const extra = (rotation: string) => (rotation === "late" ? 100 : 0);
const linesPerRound = 9000;

let folder: string;
let path: string;
let state: string;
let processes: ReturnType<typeof startProcesses>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-rotation-"));
  path = join(folder, "numbers.log");
  state = join(folder, "state");
  processes = startProcesses();
});
afterEach(async () => {
  await processes.endAll();
  rmSync(folder, { recursive: true });
});

const heldBy = (follower: ChildProcess) => until(() => holds(follower, path), "the follower");

describe.each(["rename", "late", "copytruncate", "delete"])("rotation by %s", (rotation) => {
  const perRound = linesPerRound + extra(rotation);
  const isDeleted = rotation === "delete";
  const untilRead = isDeleted ? until : async () => {};
  const rest = lineCount - rotationCount * perRound;

  test("W18: at full speed no line is lost, repeated or out of order", async () => {
    const output = join(folder, "seen");
    const tell = processes.writer(path);
    await tell("write 0");
    const follower = processes.follower(path, state, output);
    await heldBy(follower);
    for (const _ of rounds) {
      await tell(`write ${linesPerRound}`);
      // What is deleted before anybody opened it nobody can read.
      if (isDeleted) await heldBy(follower);
      await tell(rotation);
    }
    await tell(`write ${rest}`);
    await until(() => lastNumberIn(output) === lineCount - 1, "the last line");
    await kill(follower, "SIGTERM");

    const seen = batchesIn(output).flat();
    expect(missingFrom(seen)).toEqual([]);
    expect(seen.length).toBe(lineCount);
    expect(isIncreasing(seen)).toBe(true);
  });

  test("W9: through ten kills no line is lost, and only the batch in flight is repeated", async () => {
    let output = join(folder, "seen0");
    const outputs = [output];
    const follow = () => processes.follower(path, state, output, 1);
    const tell = processes.writer(path);
    await tell("write 0");
    let follower = follow();
    const killAndFollow = async (last: number, more: number) => {
      const goal = Math.min(last, lastNumberIn(output) + 1000 + more);
      await until(() => lastNumberIn(output) >= goal, "progress");
      await kill(follower, "SIGKILL");
      output = join(folder, `seen${outputs.length}`);
      outputs.push(output);
      follower = follow();
    };
    for (const round of rounds) {
      await tell(`write ${linesPerRound}`);
      const last = round * perRound + linesPerRound - 1;
      // What is deleted while nobody holds it is gone: the rest of the deleted file comes before the next kill.
      await untilRead(() => lastNumberIn(output) >= last - perRound, "the rest");
      if (round % 2 === 0) await killAndFollow(last, round * 100);
      if (isDeleted) await heldBy(follower);
      await tell(rotation);
    }
    await tell(`write ${rest}`);
    await until(() => lastNumberIn(output) === lineCount - 1, "the last line");
    await kill(follower, "SIGTERM");

    expect(outputs.length).toBe(killCount + 1);
    expectAtLeastOnce(outputs.map(batchesIn));
  });
});

/** `runs` ended in a kill each, but for the last: of these only the batch in flight may come again. */
function expectAtLeastOnce(runs: readonly number[][][]): void {
  expect(missingFrom(runs.flat(2))).toEqual([]);
  expect(runs.every((run) => isIncreasing(run.flat()))).toBe(true);
  // Every batch of a run but its last was done with before the next was read.
  const done = runs.slice(0, -1).flatMap((run) => run.slice(0, -1).flat());
  const inFlight = runs.slice(0, -1).flatMap((run) => run.at(-1) ?? []);
  expect(repeatedIn([...done, ...(runs.at(-1)?.flat() ?? [])])).toEqual([]);
  expect(runs.flat(2).length - lineCount).toBeLessThanOrEqual(inFlight.length);
}

function isIncreasing(numbers: readonly number[]): boolean {
  return numbers.every((n, index) => index === 0 || n > (numbers[index - 1] ?? n));
}

function repeatedIn(numbers: readonly number[]): number[] {
  const seen = new Set<number>();
  return numbers.filter((n) => seen.size === seen.add(n).size);
}

/** The lines that are not there, as "first-last" where there are many. */
function missingFrom(numbers: readonly number[]): string[] {
  const ordered = [-1, ...new Set(numbers), lineCount].toSorted((a, b) => a - b);
  return ordered.slice(1).flatMap((n, index) => {
    const first = (ordered[index] ?? 0) + 1;
    return first === n ? [] : [`${first}-${n - 1}`];
  });
}
