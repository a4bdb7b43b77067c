import { describe, expect, test } from "vitest";
import type { Event } from "../../src/core/event.ts";
import { openBench } from "./blocking.ts";

const page = { command: "page", expect: ["srcip"], level: 9, seconds: 600 };
const shut = { command: "shut", expect: ["user"], level: 9, seconds: 600 };
const tell = { command: "tell", expect: [], level: 9, seconds: 0 };
const only = (...customResponses: object[]) => ({ activeResponses: [], customResponses });
const local = (user: string): Partial<Event> => ({ verdict: undefined, fields: { dstuser: user } });

test("a command is ordered with what it expects, the alert and its place", async () => {
  const { alarm, orders, asked } = await openBench(only(page));
  alarm("192.0.2.7");
  expect(asked).toEqual([]);
  expect(orders).toEqual([
    {
      verb: "run",
      command: "page",
      address: "192.0.2.7",
      seconds: 600,
      rule: 5712,
      alert: "1800000000.1",
      location: "/var/log/test.log",
    },
  ]);
});

test("what is asked for again at once is ordered once, what has no end each time", async () => {
  const { alarm, orders } = await openBench(only(page, tell));
  for (let n = 0; n < 5; n++) alarm("192.0.2.7");
  expect(orders.map((one) => one.verb === "run" && one.command).sort()).toEqual(
    ["page", "tell", "tell", "tell", "tell", "tell"].sort(),
  );
});

test("untouchables: none for who is never blocked; a user is no address", async () => {
  const whiteList = ["192.0.2.0/24"];
  const bench = await openBench({ ...only(page, shut), global: { whiteList } });
  bench.alarm("192.0.2.7");
  bench.consider({ fields: { dstuser: "bob" } });
  expect(bench.orders).toMatchObject([{ command: "shut", user: "bob" }]);
  expect(bench.blocker.counts().spared).toBe(1);
});

test("a line that is too old leads to none", async () => {
  const { consider, orders, time, blocker } = await openBench(only(page, tell));
  consider({ at: time.now - 601_000 });
  expect(orders).toEqual([]);
  expect(blocker.counts().late).toBe(2);
});

describe("observed", () => {
  test.each([
    [{ blocking: { observe: true }, ...only(page) }, "observe mode"],
    [{ blocking: { observeRules: [5712] }, ...only(page) }, "rule 5712 only observes"],
    [only({ ...page, observe: true }), "its page only observes"],
  ])("%j", async (given, why) => {
    const { alarm, orders, said, blocker, time } = await openBench(given);
    alarm("192.0.2.7");
    time.now += 20_000;
    alarm("192.0.2.7");
    expect(orders).toEqual([]);
    expect(said).toEqual([`stockade: would run page for 192.0.2.7 by rule 5712: ${why}`]);
    expect(blocker.counts().observed).toBe(1);
  });

  test("a user, and a command that is told nothing", async () => {
    const { consider, said } = await openBench({
      blocking: { observe: true },
      ...only(shut, tell),
    });
    consider(local("bob"));
    expect(said).toEqual([
      "stockade: would run shut for the user bob by rule 5712: observe mode",
      "stockade: would run tell by rule 5712: observe mode",
    ]);
  });

  test("one that runs is not observed besides", async () => {
    const observing = { ...page, seconds: 5, observe: true };
    const { alarm, orders, said } = await openBench(only(observing, page));
    alarm("192.0.2.7");
    expect(orders).toMatchObject([{ seconds: 600 }]);
    expect(said).toEqual([]);
  });
});

describe("W26: who comes back", () => {
  const blocking = { minutes: [30, 60] };
  const lengths = ({ orders }: Awaited<ReturnType<typeof openBench>>) =>
    orders.map((one) => one.verb === "run" && one.seconds);

  test("by address", async () => {
    const bench = await openBench({ ...only(page), blocking });
    for (const pause of [601, 1801, 3601, 3601]) {
      bench.alarm("192.0.2.7");
      bench.time.now += pause * 1000;
    }
    expect(lengths(bench)).toEqual([600, 1800, 3600, 3600]);
  });

  test("by user where there is no address, each by himself", async () => {
    const bench = await openBench({ ...only(shut), blocking });
    bench.consider(local("bob"));
    bench.time.now += 601_000;
    bench.consider({ ...local("bob"), at: bench.time.now });
    bench.consider({ ...local("eve"), at: bench.time.now });
    expect(lengths(bench)).toEqual([600, 1800, 600]);
  });

  test("what has no end does not grow one", async () => {
    const bench = await openBench({ ...only(tell), blocking });
    bench.alarm("192.0.2.7");
    bench.alarm("192.0.2.7");
    expect(lengths(bench)).toEqual([0, 0]);
  });
});

test("the circuit breaker stops commands, too, and has undone what it had let pass", async () => {
  const bench = await openBench({ ...only(page), breaker: { rule: { minute: 2, hour: 9 } } });
  for (const one of ["20.0.0.1", "21.0.0.1", "22.0.0.1"]) bench.alarm(one);
  const ended = bench.orders.flatMap((one) => (one.verb === "end" ? one.address : []));
  expect(bench.orders.filter(({ verb }) => verb === "run")).toHaveLength(2);
  expect(ended.sort()).toEqual(["20.0.0.1", "21.0.0.1"]);
});

describe("W25: a command that fails", () => {
  test("is told with its reason", async () => {
    const executor = { ok: false, reason: "ended with exit code 3: it is full" } as const;
    const { alarm, said } = await openBench(only(page), undefined, { executor });
    alarm("192.0.2.7");
    const text = "page of 192.0.2.7: ended with exit code 3: it is full";
    await expect.poll(() => said).toEqual([`stockade: a response failed: ${text}`]);
  });

  test("one that must not be run has not failed", async () => {
    const executor = { ok: false, reason: "in the group sudo", isRight: true } as const;
    const { consider, said, blocker } = await openBench(only(shut), undefined, { executor });
    consider(local("bob"));
    await expect.poll(() => blocker.counts().refused).toBe(1);
    expect(said).toEqual([]);
  });
});
