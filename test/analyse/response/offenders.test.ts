import fc from "fast-check";
import { expect, test } from "vitest";
import { type Escalation, openOffenders } from "../../../src/analyse/response/offenders.ts";
import { type Address, parseAddress } from "../../../src/core/address.ts";
import { maxBlockSeconds } from "../../../src/core/block.ts";

const none: Escalation = {
  minutes: [],
  multiplier: 1,
  maximumSeconds: 604_800,
  forgivenSeconds: 86_400,
};

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`no address: ${text}`);
  return parsed;
}
const source = address("192.0.2.7");

function openOnClock(given: Partial<Escalation>, saved?: Parameters<typeof openOffenders>[2]) {
  const time = { now: 1_800_000_000_000 };
  const offenders = openOffenders({ ...none, ...given }, () => time.now, saved);
  /** A block of so many seconds the first time, and its end. Returns how long it lasts. */
  const block = (from: Address = source, seconds = 600) => {
    const lasts = offenders.secondsFor(from, seconds);
    offenders.note(from, lasts);
    time.now += lasts * 1000;
    return lasts;
  };
  return { time, offenders, block };
}

test.each<[string, Partial<Escalation>, number[]]>([
  ["unless something is said a block lasts as long each time", {}, [600, 600, 600]],
  [
    "OSSEC's minutes: the first block has its own time, the last value stays",
    { minutes: [30, 60, 5] },
    [600, 1800, 3600, 300, 300],
  ],
  ["a multiplier", { multiplier: 2 }, [600, 1200, 2400, 4800]],
  ["up to its maximum", { multiplier: 10, maximumSeconds: 7000 }, [600, 6000, 7000, 7000]],
  ["which cuts no first block", { multiplier: 2, maximumSeconds: 60 }, [600, 600]],
  ["there is a longest block", { minutes: [999_999] }, [600, maxBlockSeconds]],
])("%s", (_title, given, expected) => {
  const { block } = openOnClock(given);
  expect(expected.map(() => block())).toEqual(expected);
});

test("while a block lasts, what comes is the same offence, and the other response too", () => {
  const { offenders, time } = openOnClock({ minutes: [30, 60] });
  for (let n = 0; n < 5; n += 1) {
    expect(offenders.secondsFor(source, 600)).toBe(600);
    offenders.note(source, 600);
    time.now += 100_000;
  }
  time.now += 600_000;
  expect(offenders.secondsFor(source, 600)).toBe(1800);
});

test("a quiet time forgives, counted from the end of the last block", () => {
  const { block, time } = openOnClock({ multiplier: 2, forgivenSeconds: 3600 });
  expect([block(), block()]).toEqual([600, 1200]);
  time.now += 3_599_000;
  expect(block()).toBe(2400);
  time.now += 3_600_000;
  expect(block()).toBe(600);
});

test("a source is an IPv4 address or an IPv6 /64", () => {
  const { block } = openOnClock({ multiplier: 2 });
  const from = (text: string) => block(address(text));
  expect([from("192.0.2.7"), from("192.0.2.8")]).toEqual([600, 600]);
  expect([from("2001:db8::1"), from("2001:db8::2"), from("2001:db8:0:1::1")]).toEqual([
    600, 1200, 600,
  ]);
});

test("what was a mistake is forgiven", () => {
  const { block, offenders } = openOnClock({ multiplier: 2 });
  block();
  offenders.forgive([source]);
  expect(block()).toBe(600);
});

test("another one remembers, and what is forgiven is not kept", () => {
  const first = openOnClock({ multiplier: 2 });
  first.block(address("192.0.2.8"));
  first.time.now += 86_400_000;
  first.block();
  const state = first.offenders.state();
  expect(state.offenders).toEqual([{ network: "192.0.2.7", count: 1, until: first.time.now }]);
  const second = openOnClock({ multiplier: 2 }, state.offenders);
  second.time.now = first.time.now;
  expect(second.block()).toBe(1200);
});

test("memory has a bound: the oldest offence is forgotten first", () => {
  const { offenders, time } = openOnClock({ multiplier: 2 });
  const nth = (n: number) => address(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  for (let n = 0; n < 20_001; n += 1) offenders.note(nth(n), 600);
  time.now += 600_000;
  expect(offenders.state().offenders).toHaveLength(20_000);
  expect([nth(0), nth(1)].map((one) => offenders.secondsFor(one, 600))).toEqual([600, 1200]);
});

test("whatever happens, a block is at least a second and never longer than the kernel can", () => {
  const escalation = fc.record({
    minutes: fc.array(fc.integer({ min: 1, max: 35_791 }), { maxLength: 4 }),
    multiplier: fc.integer({ min: 1, max: 100 }),
    maximumSeconds: fc.integer({ min: 1, max: maxBlockSeconds }),
    forgivenSeconds: fc.integer({ min: 1, max: 31_536_000 }),
  });
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: maxBlockSeconds }), fc.integer()), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(escalation, steps, (given, all) => {
      const { offenders, time } = openOnClock(given);
      for (const [seconds, jump] of all) {
        const lasts = offenders.secondsFor(source, seconds);
        expect(Number.isInteger(lasts) && lasts >= 1 && lasts <= maxBlockSeconds).toBe(true);
        offenders.note(source, lasts);
        time.now += jump;
      }
    }),
  );
});
