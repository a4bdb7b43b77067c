import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forecastMail } from "../../src/report/forecast.ts";
import { hourOf } from "../../src/report/local-time.ts";
import { alertOf, type Sketch, tenOClock } from "./alerts.ts";
import { desk, settings } from "./desk.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-forecast-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Alerts by the second at which they come, and their levels. */
type Plan = readonly (readonly [number, number])[];

const start = hourOf(tenOClock);
const sketch = (second: number, level: number): Sketch => ({
  at: start + second * 1000,
  level,
  description: `level ${level}`,
});

function forecast(plan: Plan) {
  const mails = forecastMail(settings.emailMaxPerHour);
  for (const [second, level] of plan) mails.notify(alertOf(sketch(second, level)));
  return mails.end();
}

async function reallySent(plan: Plan, seconds: number) {
  const it = desk(folder);
  for (let second = 0; second <= seconds; second++) {
    for (const [when, level] of plan) if (when === second) it.notify(sketch(second, level));
    await it.pass(1);
  }
  return it.sent;
}

/** A small generator (Numerical Recipes' LCG), so that every run plans the same. */
function planned(seed: number, alerts: number, seconds: number): Plan {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
  const times = Array.from({ length: alerts }, () => random(seconds));
  return times.sort((a, b) => a - b).map((second) => [second, 9 + random(5)] as const);
}

describe("a forecast says what the mailer would have sent, and when", () => {
  const hour = 3600;
  test.each<[string, Plan, number]>([
    ["one alert", [[10, 9]], 60],
    [
      "several that come together",
      [
        [10, 9],
        [11, 12],
        [13, 10],
        [16, 9],
      ],
      60,
    ],
    ["more than an hour may have", planned(1, 40, hour), 2 * hour],
    ["a flood of a minute", planned(2, 500, 60), hour + 60],
    ["two hours with something worse at times", planned(3, 90, 2 * hour), 3 * hour],
  ])("%s", async (_name, plan, seconds) => {
    const sent = await reallySent(plan, seconds);
    expect(forecast(plan).map(({ at, subject }) => [at, subject])).toEqual(
      sent.map(({ at, subject }) => [at, subject]),
    );
  });
});

test("a day of ten alerts a second costs seconds, not minutes", () => {
  const started = performance.now();
  const mails = forecastMail(6);
  const alert = alertOf({ level: 10 });
  for (let n = 0; n < 86_400 * 10; n += 10) {
    mails.notify({ ...alert, event: { ...alert.event, at: start + n * 100 } });
  }
  const kinds = Map.groupBy(mails.end(), ({ kind }) => kind);
  expect(kinds.get("digest")?.length).toBe(24);
  expect(performance.now() - started).toBeLessThan(20_000);
});
