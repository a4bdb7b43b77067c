import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Breaker, type Limits, openBreaker } from "../../../src/analyse/response/breaker.ts";
import { type Address, parseAddress } from "../../../src/core/address.ts";
import { networkOf } from "../../../src/core/network.ts";

const limits: Limits = {
  all: { minute: 12, hour: 24 },
  rule: { minute: 6, hour: 12 },
  network: { minute: 3, hour: 5 },
};
const wide: Limits["all"] = { minute: 60_000, hour: 60_000 };

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`no address: ${text}`);
  return parsed;
}

/** A breaker on a clock that goes on only when it is told to. */
function openOnClock(given: Limits, saved?: Parameters<typeof openBreaker>[2]) {
  const time = { now: 1_800_000_000_000 };
  const breaker = openBreaker(given, () => time.now, saved);
  const ask = (text: string, rule = 5712, seconds = 600) =>
    breaker.ask({ rule, address: address(text), seconds, line: `line about ${text}` });
  return { time, breaker, ask };
}

/** Addresses of as many networks of the size /16. */
const spread = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `${20 + ((n + from) >> 8)}.${(n + from) & 255}.0.1`);

describe("limits", () => {
  test("a rule that asks for more in a minute than it may, trips, with its evidence", () => {
    const { ask, breaker, time } = openOnClock(limits);
    for (const one of spread(6)) expect(ask(one)).toBeUndefined();
    const stop = ask("60.0.0.1");
    expect(stop?.trip).toEqual({
      id: `5712@${time.now}`,
      name: "5712",
      at: time.now,
      limit: 6,
      seconds: 60,
      addresses: ["60.0.0.1", ...spread(6).toReversed()],
      lines: ["line about 60.0.0.1", "line about 20.5.0.1", "line about 20.4.0.1"],
    });
    expect(stop?.burst).toEqual(spread(6));
    expect(ask("61.0.0.1")).toEqual({ trip: stop?.trip });
    expect(ask("61.0.0.1", 5720)).toBeUndefined();
    expect(breaker.trips()).toEqual([stop?.trip]);
  });

  test("by the hour", () => {
    const { ask, time } = openOnClock(limits);
    for (const one of spread(12)) {
      expect(ask(one)).toBeUndefined();
      time.now += 60_000;
    }
    const stop = ask("60.0.0.1");
    expect(stop?.trip).toMatchObject({ name: "5712", limit: 12, seconds: 3600 });
    expect(stop?.burst).toEqual(spread(12));
  });

  test("in all: then every rule observes", () => {
    const { ask } = openOnClock(limits);
    for (const [n, one] of spread(12).entries()) expect(ask(one, 100 + (n % 3))).toBeUndefined();
    expect(ask("60.0.0.1", 200)?.trip).toMatchObject({ name: "all", limit: 12 });
    expect(ask("61.0.0.1", 201)?.trip.name).toBe("all");
  });

  test.each([
    ["192.0.0.0/16", (n: number) => `192.0.${n}.1`],
    ["2001:db8::/32", (n: number) => `2001:db8:${n}::1`],
  ])("in the network %s: only what is in it observes", (name, nth) => {
    const { ask } = openOnClock(limits);
    for (const n of [1, 2, 3]) expect(ask(nth(n), n)).toBeUndefined();
    const stop = ask(nth(4));
    expect(stop?.trip.name).toBe(name);
    expect(stop?.burst).toHaveLength(3);
    expect(ask(nth(5), 99)?.trip.name).toBe(name);
    expect(ask("60.0.0.1")).toBeUndefined();
  });

  test("a source that is blocked again counts once, whatever rule asks", () => {
    const { ask, time } = openOnClock(limits);
    for (let n = 0; n < 100; n += 1) {
      expect(ask("192.0.2.7", n % 2)).toBeUndefined();
      time.now += 20_000;
    }
  });

  test("the owner of a /48 cannot trip it alone, and so disarm it", () => {
    const { ask } = openOnClock(limits);
    for (let n = 0; n < 1000; n += 1) {
      expect(ask(`2001:db8:1:${n.toString(16)}::1`)).toBeUndefined();
    }
  });
});

describe("the burst", () => {
  test("is what that rule asked for within that time, and no other rule did", () => {
    const { ask, time } = openOnClock(limits);
    ask("50.0.0.1");
    time.now += 61_000;
    ask("51.0.0.1", 5720);
    for (const one of ["51.0.0.1", ...spread(5)]) ask(one);
    expect(ask("60.0.0.1")?.burst).toEqual(spread(5));
  });

  test("a block of another rule that is over holds nothing", () => {
    const { ask, time } = openOnClock(limits);
    ask("51.0.0.1", 5720, 30);
    time.now += 31_000;
    for (const one of ["51.0.0.1", ...spread(5)]) ask(one);
    expect(ask("60.0.0.1")?.burst).toEqual(["51.0.0.1", ...spread(5)]);
  });
});

describe("arming again", () => {
  test("begins from nothing, for what is named and nothing else", () => {
    const { ask, breaker } = openOnClock(limits);
    for (const one of spread(7)) ask(one);
    for (const n of [1, 2, 3, 4]) ask(`192.0.${n}.1`, n);
    const [rule, network] = breaker.trips();
    expect(breaker.rearm(["5712@0", rule?.id ?? ""])).toEqual([rule]);
    expect(breaker.trips()).toEqual([network]);
    expect(ask("192.0.9.1")?.trip).toEqual(network);
    for (const one of spread(3, 500)) expect(ask(one)).toBeUndefined();
  });
});

test("another one goes on where this one was, tripped or counting", () => {
  const { ask, breaker, time } = openOnClock(limits);
  for (const one of spread(4)) ask(one);
  const counting = openOnClock(limits, breaker.state());
  counting.time.now = time.now + 1000;
  for (const one of spread(2, 10)) expect(counting.ask(one)).toBeUndefined();
  expect(counting.ask("60.0.0.1")?.trip.name).toBe("5712");
  const tripped = openOnClock(limits, counting.breaker.state());
  tripped.time.now = time.now + 86_400_000;
  expect(tripped.ask("61.0.0.1")?.trip.name).toBe("5712");
});

test("as shipped: some hundreds of attackers at once do not trip it, a rule that blocks visitors does", () => {
  const shipped: Limits = {
    all: { minute: 600, hour: 1500 },
    rule: { minute: 400, hour: 800 },
    network: { minute: 60, hour: 120 },
  };
  const botnet = openOnClock(shipped);
  for (let hour = 0; hour < 24; hour += 1) {
    for (const one of spread(400)) expect(botnet.ask(one)).toBeUndefined();
    botnet.time.now += 3_600_000;
  }
  const visitors = openOnClock(shipped);
  const minutes = Array.from({ length: 60 }, (_, minute) => {
    const stops = spread(20, minute * 20).map((one) => visitors.ask(one));
    visitors.time.now += 60_000;
    return stops.some((stop) => stop !== undefined);
  });
  expect(minutes.indexOf(true)).toBe(40);
});

/** What may happen: a block is asked for, time goes by, the clock is set back. */
const step = fc.record({
  rule: fc.integer({ min: 1, max: 3 }),
  address: fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(40)).map(([a, b]) => `${a}.0.${b}.1`),
    fc.tuple(fc.nat(20), fc.nat(3)).map(([a, b]) => `2001:db8:${a.toString(16)}:${b}::1`),
  ),
  milliseconds: fc.oneof(fc.nat(4000), fc.nat(400_000)),
});

interface Step {
  readonly rule: number;
  readonly address: string;
  readonly milliseconds: number;
}

const owner = (one: Address) => (one.includes(":") ? networkOf(one, 48).text : one);
const wider = (one: Address) => networkOf(one, one.includes(":") ? 32 : 16).text;

interface Made {
  readonly at: number;
  readonly rule: string;
  readonly address: Address;
}

/** The most sources of one group within any such time. */
function most(made: readonly Made[], groupOf: (one: Made) => string, milliseconds: number): number {
  const counts = made.map((last) => {
    const group = made.filter(
      (one) =>
        groupOf(one) === groupOf(last) && one.at <= last.at && one.at > last.at - milliseconds,
    );
    return new Set(group.map(({ address }) => owner(address))).size;
  });
  return Math.max(0, ...counts);
}

/** What passes of such steps, on breakers that follow one another every 50 steps. */
function passed(steps: readonly Step[], restarts: boolean): Made[] {
  let now = 1_800_000_000_000;
  let breaker = openBreaker(limits, () => now);
  return steps.flatMap(({ rule, address: text, milliseconds }, n) => {
    now += milliseconds;
    if (restarts && n % 50 === 49) breaker = openBreaker(limits, () => now, breaker.state());
    const wanted = { rule, address: address(text), seconds: 600, line: text };
    return breaker.ask(wanted) ? [] : [{ at: now, rule: `${rule}`, address: wanted.address }];
  });
}

test("never more sources blocked than a limit allows in any window", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, restarts) => {
      const made = passed(steps, restarts);
      const spans = { minute: 60_000, hour: 3_600_000 };
      for (const time of ["minute", "hour"] as const) {
        const within = (groupOf: (one: Made) => string) => most(made, groupOf, spans[time]);
        expect(within(() => "all")).toBeLessThanOrEqual(limits.all[time]);
        expect(within((one) => one.rule)).toBeLessThanOrEqual(limits.rule[time]);
        expect(within((one) => wider(one.address))).toBeLessThanOrEqual(limits.network[time]);
      }
    }),
    { numRuns: 60 },
  );
});

test("what tripped never blocks until it is armed again, whatever the clock does", () => {
  const jump = fc.integer({ min: -7_200_000, max: 7_200_000 });
  const steps = fc.array(fc.tuple(step, jump), { maxLength: 200 });
  let now = 1_800_000_000_000;
  /** Whether it was stopped before, and is stopped now. */
  const ask = (breaker: Breaker, [{ rule, address: text }, by]: readonly [Step, number]) => {
    now += by;
    const wanted = { rule, address: address(text), seconds: 600, line: text };
    const names = ["all", `${rule}`, wider(wanted.address)];
    const before = breaker.trips().some(({ name }) => names.includes(name));
    return { before, after: breaker.ask(wanted) !== undefined };
  };
  fc.assert(
    fc.property(steps, steps, (first, more) => {
      const one = openBreaker(limits, () => now);
      for (const each of first) ask(one, each);
      const other = openBreaker(limits, () => now, one.state());
      const [armed] = other.rearm(other.trips().flatMap(({ id }, n) => (n === 0 ? [id] : [])));
      const stopped = one.trips().filter(({ name }) => name !== armed?.name);
      const answers = more.map((each) => ask(other, each));
      expect(answers.filter(({ before, after }) => before && !after)).toEqual([]);
      expect(other.trips().slice(0, stopped.length)).toEqual(stopped);
    }),
    { numRuns: 100 },
  );
});

test("a clock that is set back neither empties the count nor holds it for ever", () => {
  const { ask, time } = openOnClock({ ...limits, network: wide, all: wide });
  for (const one of spread(6)) ask(one);
  time.now -= 3_600_000;
  expect(ask("60.0.0.1")?.trip.name).toBe("5712");
  const later = openOnClock({ ...limits, network: wide, all: wide });
  for (const one of spread(6)) later.ask(one);
  later.time.now -= 3_600_000;
  expect(later.ask(spread(1)[0] ?? "")).toBeUndefined();
  later.time.now += 61_000;
  expect(later.ask("60.0.0.1")).toBeUndefined();
});
