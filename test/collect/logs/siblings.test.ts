import { expect, test } from "vitest";
import { isRotated } from "../../../src/collect/logs/siblings.ts";

test.each([
  ["auth.log.1", "auth.log", true],
  ["auth.log.0", "auth.log", true],
  ["auth.log.old", "auth.log", true],
  ["auth.log-20261122", "auth.log", true],
  ["auth.log-20261122-1795312245", "auth.log", true],
  ["auth.log.2026-11-22T03:00:00", "auth.log", true],
  ["auth.1.log", "auth.log", true],
  ["auth-20261122.log", "auth.log", true],
  ["syslog.1", "syslog", true],
  ["auth.log", "auth.log", false],
  ["auth.log.1.gz", "auth.log", false],
  ["auth.log.bak", "auth.log", false],
  ["auth.log.1~", "auth.log", false],
  ["auth.logger.1", "auth.log", false],
  ["syslog-ng.log", "syslog", false],
  ["syslog2", "syslog", false],
  ["other.1", "auth.log", false],
])("%s is a rotated %s: %s", (name, log, expected) => {
  expect(isRotated(name, log)).toBe(expected);
});
