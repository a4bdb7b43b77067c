import { expect, test } from "vitest";
import { type End, Ends } from "../../src/respond/ends.ts";
import { randomNumbers } from "../random.ts";

test("among thousands that come, change and go, it is always the first one that is named", () => {
  const random = randomNumbers(7);
  const live = new Map<string, number>();
  const ends = new Ends(({ network, until }) => live.get(network) === until);
  const add = (end: End) => {
    live.set(end.network, end.until);
    ends.add(end);
  };
  for (let n = 0; n < 20_000; n++) {
    const network = `192.0.2.${random(200)}`;
    const what = random(10);
    if (what < 6) add({ network, until: random(100_000) });
    else if (what < 8) live.delete(network);
    else if (what < 9) ends.replace([...live].map(([one, until]) => ({ network: one, until })));
    expect(ends.first()?.until).toBe(live.size === 0 ? undefined : Math.min(...live.values()));
  }
  expect(ends.size).toBeGreaterThan(0);
});
