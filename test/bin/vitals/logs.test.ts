import { expect, test } from "vitest";
import { openLogVitals } from "../../../src/bin/vitals/logs.ts";

const minute = 60_000;
const name = "/var/log/auth.log";

/** A log that lives for days, minute by minute; `lines` says how many come in a minute, `unparsed` how many of them are unknown. */
function openLife() {
  let now = Date.UTC(2026, 10, 1);
  let total = { lines: 0, unparsed: 0 };
  let vitals = openLogVitals({}, () => now);
  const source = () => ({
    name,
    state: "following" as const,
    cut: 0,
    lastAt: now,
    problem: undefined,
    ...total,
  });
  return {
    live(minutes: number, lines: (at: Date) => number, share = 0.02): string[] {
      return Array.from({ length: minutes }, () => {
        now += minute;
        const more = lines(new Date(now));
        total = { lines: total.lines + more, unparsed: total.unparsed + more * share };
        return vitals.check([source()]);
      }).flat();
    },
    /** The daemon ends, and starts again after a while. */
    restart(minutes: number) {
      const saved = JSON.parse(JSON.stringify(vitals.state()));
      now += minutes * minute;
      total = { lines: 0, unparsed: 0 };
      vitals = openLogVitals(saved, () => now);
    },
    silentFor: () => vitals.silentFor(name),
  };
}

const always = () => 2;
const never = () => 0;
/** Busy by day, silent for ten hours each night. */
const byDay = (at: Date) => (at.getUTCHours() >= 8 && at.getUTCHours() < 22 ? 3 : 0);
const days = (many: number) => many * 24 * 60;

test("a busy log that falls silent is told once, after three times its longest silence, and again when it is back", () => {
  const life = openLife();
  expect(life.live(days(4), always)).toEqual([]);
  expect(life.live(29, never)).toEqual([]);
  const said = life.live(60, never);
  expect(said).toEqual([
    "stockade: a log fell silent: /var/log/auth.log has had no line for 31 min, its longest silence of the last two weeks was 10 min",
  ]);
  expect(life.silentFor()).toBeGreaterThan(80 * minute);
  expect(life.live(1, always)).toEqual([
    "stockade: in order again: /var/log/auth.log has lines again",
  ]);
  expect(life.silentFor()).toBeUndefined();
});

test("a log that is silent every night is not worth a word at night, but is after a day", () => {
  const life = openLife();
  expect(life.live(days(5), byDay)).toEqual([]);
  expect(life.live(days(1), never)).toEqual([]);
  expect(life.live(days(1), never)).toHaveLength(1);
});

test("nothing is told of a log that is not known for three days, or that hardly ever has a line", () => {
  const young = openLife();
  young.live(days(2), always);
  expect(young.live(20 * 60, never)).toEqual([]);
  const rare = openLife();
  rare.live(days(5), (at) => (at.getUTCHours() === 3 && at.getUTCMinutes() === 0 ? 1 : 0));
  expect(rare.live(days(9), never)).toEqual([]);
});

test("habits outlast the daemon, and the time while it did not run is no silence", () => {
  const life = openLife();
  life.live(days(4), always);
  life.restart(600);
  expect(life.live(5, never)).toEqual([]);
  expect(life.live(60, never)).toHaveLength(1);
});

test("a jump in lines that no decoder knows is told once a day", () => {
  const life = openLife();
  expect(life.live(days(1), () => 5, 0.05)).toEqual([]);
  const said = life.live(3 * 60, () => 5, 0.6);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^stockade: more lines are not understood than usual: \d\d % of \d+ lines of \/var\/log\/auth\.log in this hour, else 5 %$/,
  );
});

test.each([
  ["a log of which little is known", 0.4, 60],
  ["a log that is mostly unknown anyway", 12, 0.5],
])("no jump: %s", (_, hoursBefore, share) => {
  const life = openLife();
  life.live(hoursBefore * 60, () => 5, share > 1 ? 0 : share);
  expect(life.live(30, () => 5, 0.65)).toEqual([]);
});
