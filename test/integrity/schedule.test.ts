import { describe, expect, test } from "vitest";
import {
  nextScan,
  openSchedule,
  type PastLooks,
  type Timetable,
} from "../../src/integrity/schedule.ts";

const local = (text: string) => new Date(`2026-11-${text}`).getTime();

test.each([
  ["so many seconds after the last", { frequencySeconds: 3600 }, "22T10:00:00", "22T11:00:00"],
  [
    "at a time of the same day",
    { frequencySeconds: 1, scanTime: 1260 },
    "22T10:00:00",
    "22T21:00:00",
  ],
  [
    "at a time of the next day",
    { frequencySeconds: 1, scanTime: 510 },
    "22T10:00:00",
    "23T08:30:00",
  ],
  ["not twice at its time", { frequencySeconds: 1, scanTime: 600 }, "22T10:00:00", "23T10:00:00"],
  ["on a day of the week", { frequencySeconds: 1, scanDays: [1] }, "22T10:00:00", "23T00:00:00"],
  [
    "at a time on a day, a week later when it was there",
    { frequencySeconds: 1, scanTime: 60, scanDays: [0] },
    "22T10:00:00",
    "29T01:00:00",
  ],
])("%s", (_, timetable, last, due) => {
  expect(nextScan(timetable, local(last))).toBe(local(due));
});

const hour = 3_600_000;
const morning = local("22T10:00:00");

/** A server that looks when it is time, each look over at once; `until` returns what it did by then, with the hours it took. */
function server(timetable: Partial<Timetable>, past: Partial<PastLooks> = {}, start = morning) {
  let now = start;
  let kept: PastLooks = { looked: past.looked, read: past.read };
  const wanted = { frequencySeconds: 21_600, scanOnStart: true, ...timetable };
  const schedule = openSchedule(
    wanted,
    () => kept,
    () => now,
  );
  const tick = (isBlind: boolean) => {
    const due = schedule.due(isBlind);
    if (due) kept = { looked: now, read: due === "read" ? now : kept.read };
    return due ? [`${due} ${(now - start) / hour}`] : [];
  };
  return {
    schedule,
    past: () => kept,
    set(time: number) {
      now = time;
    },
    until(time: number, isBlind = false): string[] {
      const done: string[] = [];
      for (; now <= time; now += 60_000) done.push(...tick(isBlind));
      return done;
    },
  };
}

describe("when everything is looked at", () => {
  test("after a start, then each frequency; every file is read at first and once a day", () => {
    expect(server({}).until(morning + 31 * hour)).toEqual([
      "read 0",
      "look 6",
      "look 12",
      "look 18",
      "read 24",
      "look 30",
    ]);
  });

  test("without a look after the start: when the last one is as long ago as the frequency", () => {
    const looked = { looked: morning - 2 * hour, read: morning - 2 * hour };
    const quiet = { scanOnStart: false };
    expect(server(quiet, looked).until(morning + 5 * hour)).toEqual(["look 4"]);
    expect(server(quiet).until(morning + 7 * hour)).toEqual(["read 6"]);
    const overdue = { looked: morning - 9 * hour, read: morning - 2 * hour };
    expect(server(quiet, overdue).until(morning + hour)).toEqual(["look 0"]);
  });

  test("a server that is restarted again and again reads every file once a day all the same", () => {
    const done: string[] = [];
    let past: PastLooks = { looked: undefined, read: undefined };
    for (let n = 0; n < 60; n++) {
      const one = server({}, past, morning + n * hour);
      done.push(...one.until(morning + n * hour).map((due) => `${due} at ${n}`));
      past = one.past();
    }
    expect(done.filter((due) => due.startsWith("read"))).toEqual([
      "read 0 at 0",
      "read 0 at 24",
      "read 0 at 48",
    ]);
    expect(done).toHaveLength(60);
  });

  test("at scan_time each day, on scan_day, whatever the frequency, and after a start", () => {
    const times = { frequencySeconds: 60, scanTime: 11 * 60 };
    expect(server(times).until(morning + 26 * hour)).toEqual(["read 0", "look 1", "read 25"]);
    const quiet = { ...times, scanOnStart: false };
    const looked = { looked: morning - 100 * hour, read: morning };
    expect(server(quiet, looked).until(morning + 2 * hour)).toEqual(["look 1"]);
    const days = { scanDays: [1], scanOnStart: false };
    expect(server(days).until(morning + 15 * hour)).toEqual(["read 14"]);
  });

  test("every fifteen minutes where changes are not seen as they happen", () => {
    expect(server({}, { read: morning }).until(morning + hour / 2, true)).toEqual([
      "look 0",
      "look 0.25",
      "look 0.5",
    ]);
  });

  test("a clock that was wrong puts nothing off", () => {
    const one = server({});
    one.set(morning + 10_000 * hour);
    one.until(morning + 10_000 * hour);
    one.set(morning);
    expect(one.until(morning + 7 * hour)).toEqual(["read 6"]);
    const ahead = { looked: morning + 99 * hour, read: morning + 99 * hour };
    expect(server({ scanOnStart: false }, ahead).until(morning + 7 * hour)).toEqual(["read 6"]);
  });

  test("soon is no later than it was due anyway", () => {
    const { schedule, until } = server({}, { read: morning });
    until(morning);
    schedule.soon(2 * hour);
    schedule.soon(3 * hour);
    expect(schedule.nextAt()).toBe(morning + 2 * hour + 60_000);
  });
});
