import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJails, secondsIn, valueIn } from "../../../src/bin/import/ini.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-ini-"));
  mkdirSync(join(folder, "jail.d"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, ...lines: string[]): void {
  writeFileSync(join(folder, name), lines.join("\n"));
}

test("files replace each other in the order of jail.conf(5)", () => {
  write("jail.d/z.local", "[sshd]", "bantime = 4");
  write("jail.local", "[sshd]", "bantime = 3");
  write("jail.d/a.conf", "[sshd]", "bantime = 2", "maxretry = 2");
  write("jail.conf", "[DEFAULT]", "findtime = 1", "[sshd]", "bantime = 1", "maxretry = 1");
  const jails = readJails(folder);
  expect(valueIn(jails, "sshd", "bantime")).toEqual({
    value: "4",
    at: `${join(folder, "jail.d/z.local")}:2`,
    isOwn: true,
  });
  expect(valueIn(jails, "sshd", "maxretry")?.value).toBe("2");
  expect(valueIn(jails, "sshd", "findtime")).toMatchObject({ value: "1", isOwn: false });
  expect(valueIn(jails, "nginx", "bantime")).toBeUndefined();
});

test("lines go on, comments end them, names are filled in and never for ever", () => {
  write(
    "jail.local",
    "[DEFAULT]",
    "# ignoreip = 192.0.2.99",
    "ignoreip = 192.0.2.1 ; one",
    "    192.0.2.2",
    "  # none",
    "\t192.0.2.3",
    "base = 10",
    "bantime : %(base)sm",
    "loop = %(loop)s",
    "odd line",
    "    not part of it",
  );
  const jails = readJails(folder);
  expect(valueIn(jails, "any", "ignoreip")?.value).toBe("192.0.2.1 192.0.2.2 192.0.2.3");
  expect(valueIn(jails, "any", "bantime")?.value).toBe("10m");
  expect(valueIn(jails, "any", "loop")?.value).toBe("%(loop)s");
  expect(valueIn(jails, "any", "base")?.value).toBe("10");
});

test.each([
  ["600", 600],
  ["10m", 600],
  ["1d 12h", 129_600],
  ["1w", 604_800],
  ["2mo", 5_259_600],
  ["1 hour", 3600],
  ["-1", Number.POSITIVE_INFINITY],
  ["", undefined],
  ["soon", undefined],
  ["10m or so", undefined],
])("%j is %s seconds", (text, seconds) => {
  expect(secondsIn(text)).toBe(seconds);
});
