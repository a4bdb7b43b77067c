import { expect, test } from "vitest";
import { openOutstanding } from "../../src/bin/outstanding.ts";

test("waits for all that was asked, answered well or not, and no longer", async () => {
  const outstanding = openOutstanding();
  await outstanding.answered(60_000);
  const told: string[] = [];
  const later = (text: string) =>
    new Promise<void>((resolve) =>
      setTimeout(() => {
        told.push(text);
        resolve();
      }, 20),
    );
  outstanding.add(later("one"));
  outstanding.add(later("two"));
  outstanding.add(Promise.reject(new Error("no")));
  await outstanding.answered(60_000);
  expect(told).toEqual(["one", "two"]);
});

test("whoever does not answer holds nobody up for long", async () => {
  const outstanding = openOutstanding();
  outstanding.add(new Promise(() => {}));
  const start = performance.now();
  await outstanding.answered(50);
  expect(performance.now() - start).toBeLessThan(2000);
});
