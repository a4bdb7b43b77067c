import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { strftime, unknownConversion } from "../../src/config/strftime.ts";

test.each([
  new Date(2026, 0, 1, 0, 0, 0),
  new Date(2026, 10, 22, 23, 59, 59),
  new Date(2028, 11, 31, 9, 5, 7),
  new Date(2027, 6, 4, 12, 0, 0),
])("as date(1) writes %s", (date) => {
  const all = "%Y %y %m %d %e %H %M %S %j %a %A %b %h %B %u %w %F %% x";
  const seconds = Math.floor(date.getTime() / 1000);
  const env = { ...process.env, LC_ALL: "C" };
  const expected = execFileSync("date", ["-d", `@${seconds}`, `+${all}`], {
    env,
    encoding: "utf8",
  });
  expect(strftime(all, date)).toBe(expected.trimEnd());
});

test.each([
  ["/var/log/%Y/%m/%d.log", undefined],
  ["/var/log/100%%", undefined],
  ["/var/log/%Q", "%Q"],
  ["/var/log/%", "%"],
  ["/var/log/%%%", "%"],
])("of %s unknown: %s", (text, expected) => {
  expect(unknownConversion(text)).toBe(expected);
});
