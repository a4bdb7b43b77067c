import { expect, test } from "vitest";
import { comparing } from "../../src/respond/comparing.ts";
import { gather } from "../../src/respond/gather.ts";
import { each, inOneGo, inSlices } from "../../src/respond/slices.ts";

test("others have their turn while somebody compares, and what they change is known", async () => {
  const { inTurn } = gather(async () => undefined);
  const { note, compare } = comparing(inTurn);
  const seen: string[] = [];
  note("before");
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const first = compare(async (turn) => {
    await inTurn(async () => {
      seen.push("a turn of others");
      note("changed");
    });
    await ended;
    for (const name of ["before", "changed", "same"]) seen.push(`${name} ${turn.hasChanged(name)}`);
    await turn.take(async () => seen.push("own turn"));
    throw new Error("trouble");
  });
  const second = compare(async (turn) =>
    seen.push(`in the next: changed ${turn.hasChanged("changed")}`),
  );
  end();
  await expect(first).rejects.toThrow("trouble");
  await second;
  expect(seen).toEqual([
    "a turn of others",
    "before false",
    "changed true",
    "same false",
    "own turn",
    "in the next: changed false",
  ]);
});

test("work in slices does as much as in one go, and others come in between", async () => {
  const many = Array.from({ length: 20_000 }, (_, n) => n);
  function* sum() {
    let all = 0;
    yield* each(many, (n) => {
      all += n;
    });
    return all;
  }
  let others = 0;
  const timer = setInterval(() => {
    others += 1;
  }, 0);
  const sliced = await inSlices(sum());
  clearInterval(timer);
  expect(sliced).toBe(inOneGo(sum()));
  expect(others).toBeGreaterThan(0);
});
