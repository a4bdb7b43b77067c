import { expect, test } from "vitest";
import { merge } from "../../../src/bin/history/merge.ts";
import type { Line } from "../../../src/core/event.ts";

/** Each argument is what was read at once: times, which are the lines' texts too. */
async function* log(...batches: number[][]): AsyncIterable<Line[]> {
  for (const batch of batches) {
    yield batch.map((at) => ({
      text: `${at}`,
      location: "x",
      format: "syslog",
      receivedAt: at,
    }));
  }
}

async function merged(...logs: AsyncIterable<Line[]>[]): Promise<number[]> {
  const found: number[] = [];
  for await (const lines of merge(logs)) found.push(...lines.map(({ receivedAt }) => receivedAt));
  return found;
}

test("lines of several logs come in the order of their times, however they were read", async () => {
  expect(await merged(log([1, 4], [], [7, 9]), log([2], [3, 5, 6]), log(), log([8]))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
});

test("lines of one log keep their order, and none is lost", async () => {
  expect(await merged(log([5, 1, 6]), log([2, 3]))).toEqual([2, 3, 5, 1, 6]);
  expect(await merged(log([5, 1, 6]))).toEqual([5, 1, 6]);
  expect(await merged()).toEqual([]);
});
