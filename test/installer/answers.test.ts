import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "stockade-installer-"));

/** Runs a bit of bash with the installer's own parts and steps read in; returns what it printed. */
function bash(script: string, ...args: string[]): string {
  const parts = "for part in installer/parts/*.sh installer/steps/*.sh; do . $part; done";
  return execFileSync(
    "/bin/bash",
    ["-c", `set -eu; ${parts}; installer_state=$1; shift; ${script}`, "_", folder, ...args],
    { encoding: "utf8", stdio: "pipe" },
  );
}

function answersFile(...lines: string[]): string {
  const file = join(folder, "answers");
  writeFileSync(file, lines.join("\n"));
  return file;
}

test("a file of answers is read, never run, and a flag is stronger than it", () => {
  const trap = join(folder, "trap");
  const file = answersFile(
    "# a comment",
    `ADMIN_EMAIL=$(touch ${trap})@example.com`,
    "MAILGUN_USER=postmaster@mail.example.com",
    'MAILGUN_PASSWORD="a b=c$d"',
    "RELAY_HOST=from.file.example",
  );
  const shown = `printf '%s|' "\${answers[ADMIN_EMAIL]}" "$mailgun_password" "\${answers[RELAY_HOST]}" "$unattended"`;
  const said = bash(`read_flags "$@"; ${shown}`, "--relay-host", "flag.example", "--answers", file);
  expect(said).toBe(`$(touch ${trap})@example.com|a b=c$d|flag.example|yes|`);
  expect(existsSync(trap)).toBe(false);
});

test.each([
  ["an unknown key", "ADMIN_MAIL=a@example.com"],
  ["a line without a value", "ADMIN_EMAIL"],
])("%s is refused with its line", (_, line) => {
  const file = answersFile("", line);
  expect(() => bash('read_flags "$@"', "--answers", file)).toThrow(/answers:2/);
});

test.each([
  ["ADMIN_EMAIL", "a&b@example.com"],
  ["ADMIN_EMAIL", "two words@example.com"],
  ["MAILGUN_USER", "postmaster"],
  ["RELAY_HOST", "host;rm"],
  ["ADMIN_ADDRESS", "192.0.2.1<x>"],
  ["RULES_URL", "file:///etc/shadow"],
])("%s=%s is refused", (key, value) => {
  expect(() => bash("answers[$1]=$2; mailgun_password=x; check_answers", key, value)).toThrow(
    /is no/,
  );
});

test("the answers fill the shipped settings", () => {
  const said = bash(
    `answers=([ADMIN_EMAIL]=a@example.com [MAILGUN_USER]=postmaster@mail.example.com [ADMIN_ADDRESS]="192.0.2.1,home.example.com")
     fill_in < config/stockade.conf`,
  );
  expect(said).toContain("<email_to>a@example.com</email_to>");
  expect(said).toContain("<email_from>stockade@mail.example.com</email_from>");
  expect(said).toMatch(
    /<white_list>192\.0\.2\.1<\/white_list>\n.*<white_list>home\.example\.com<\/white_list>\n\s*<\/global>/,
  );
});

test("a file that the admin changed is kept and told; an unchanged one is updated", () => {
  const [ours, target] = [join(folder, "ours"), join(folder, "target")];
  const put = () =>
    bash(`put_kept "$1" "$2" 0644 part root; printf "%s" "\${kept[@]}"`, ours, target);
  writeFileSync(ours, "1\n");
  put();
  writeFileSync(ours, "2\n");
  expect(put()).toBe("");
  expect(readFileSync(target, "utf8")).toBe("2\n");
  writeFileSync(target, "the admin's\n");
  writeFileSync(ours, "3\n");
  expect(put()).toContain(`${target} is yours`);
  expect(readFileSync(target, "utf8")).toBe("the admin's\n");
});
