import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { isFollowedLog } from "../../src/config/local-file.ts";

const { settings, notices } = loadSettings(join(import.meta.dirname, "../../config/stockade.conf"));
const logs = settings.localFiles.filter(isFollowedLog);

test("nothing in the shipped settings needs a word", () => {
  expect(notices).toEqual([]);
});

test("W14: no log that clients write into is read as syslog, where a line could be any program's", () => {
  const theirs = logs.filter(({ location }) =>
    /nginx|apache|mysql|postgresql|redis|valkey|exim/.test(location),
  );
  expect(theirs).toHaveLength(9);
  expect(theirs.filter(({ logFormat }) => logFormat === "syslog")).toEqual([]);
});

test("a log of what may not be installed is a pattern: its absence is no event", () => {
  const named = logs.map(({ location }) => location).filter((location) => !/[*[]/.test(location));
  expect(named).toEqual([
    "/var/log/auth.log",
    "/var/log/syslog",
    "/var/log/suricata/fast.log",
    "/var/log/dpkg.log",
  ]);
});
