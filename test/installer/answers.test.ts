import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "stockade-installer-"));

const parts = "for part in installer/parts/*.sh installer/steps/*.sh; do . $part; done";

/** Runs a bit of bash with the installer's own parts and steps read in; returns what it printed. */
function bash(script: string, ...args: string[]): string {
  return execFileSync(
    "/bin/bash",
    ["-c", `set -eu; ${parts}; installer_state=$1; shift; ${script}`, "_", folder, ...args],
    { encoding: "utf8", stdio: "pipe" },
  );
}

/** The same, with what it wrote to standard error, and its failure as one more answer. */
function told(args: string[], env: Record<string, string> = {}, input = "") {
  const show = `printf '%s|' "\${answers[ADMIN_EMAIL]:-}" "\${answers[RELAY_HOST]:-}" "\${answers[ADMIN_ADDRESS]:-}" "$mailgun_password" "$package"`;
  const { stdout, stderr, status } = spawnSync(
    "/bin/bash",
    [
      "--norc",
      "-c",
      `set -eu; ${parts}; read_flags "$@"; ${show}; env | grep -c SECRET || true`,
      "_",
      ...args,
    ],
    { encoding: "utf8", env: { PATH: process.env["PATH"] ?? "", ...env }, input },
  );
  return { stdout: stdout.trimEnd(), stderr, status };
}

function answersFile(...lines: string[]): string {
  const file = join(folder, "answers");
  writeFileSync(file, lines.join("\n"));
  chmodSync(file, 0o600);
  return file;
}

test("a file of answers is read, never run", () => {
  const trap = join(folder, "trap");
  const file = answersFile(
    "# a comment",
    "  ADMIN_EMAIL=a@example.com\r",
    "",
    `MAILGUN_PASSWORD="a b=c$d\`touch ${trap}\`$(touch ${trap})"`,
  );
  expect(told(["--answers", file])).toEqual({
    stdout: `a@example.com|||a b=c$d\`touch ${trap}\`$(touch ${trap})||0`,
    stderr: "",
    status: 0,
  });
  expect(existsSync(trap)).toBe(false);
});

test("Mailgun's region is another word for its relay, and not beside another one", () => {
  expect(told(["--mailgun-region", "eu"]).stdout).toMatch(/^\|smtp\.eu\.mailgun\.org\|/);
  const file = answersFile("RELAY_HOST=relay.example.com", "MAILGUN_REGION=us");
  expect(told(["--answers", file]).stderr).toContain(
    `${file}:2: MAILGUN_REGION is said twice, first by ${file}:1`,
  );
  const stronger = told(["--answers", answersFile("MAILGUN_REGION=us"), "--mailgun-region", "eu"]);
  expect(stronger.stdout).toMatch(/^\|smtp\.eu\.mailgun\.org\|/);
  const wrong = told(["--mailgun-region", "asia"]);
  expect(wrong.stderr).toContain('--mailgun-region: "asia" is no region of Mailgun');
});

test("a flag is stronger than the environment, and that than the file, whatever their order", () => {
  const answers = ["ADMIN_EMAIL=f@example.com", "RELAY_HOST=f.example", "ADMIN_ADDRESS=192.0.2.1"];
  const file = answersFile(...answers, "ADMIN_ADDRESS=192.0.2.2");
  const env = { STOCKADE_RELAY_HOST: "e.example", STOCKADE_ADMIN_EMAIL: "e@example.com" };
  const flags = ["--admin-email", "x@example.com"];
  expect(told(["--answers", file]).stdout).toMatch(
    /^f@example\.com\|f\.example\|192\.0\.2\.1 192\.0\.2\.2\|/,
  );
  expect(told([...flags, "--answers", file], env).stdout).toMatch(/^x@example\.com\|e\.example\|/);
  expect(
    told([...flags, "--admin-address", "192.0.2.7"], { ...env, STOCKADE_ANSWERS: file }).stdout,
  ).toMatch(/^x@example\.com\|e\.example\|192\.0\.2\.7\|/);
  expect(told(["--answers", "-"], {}, "ADMIN_EMAIL=i@example.com\n").stdout).toMatch(
    /^i@example\.com\|/,
  );
});

test.each([
  [
    "an unknown key",
    "ADMIN_MAIL=a@example.com",
    /answers:2: unknown key "ADMIN_MAIL"[\s\S]*ADMIN_EMAIL/,
  ],
  ["a line without a value", "ADMIN_EMAIL", /answers:2: expected KEY=VALUE/],
  ["blanks around =", "ADMIN_EMAIL = a@example.com", /answers:2: expected KEY=VALUE/],
  ["a value that cannot be", "ADMIN_EMAIL=nobody", /answers:2: "nobody" is no mail address/],
  ["a way of blocking that is none", "BLOCKING=maybe", /answers:2: "maybe" is no way of blocking/],
  ["a password file that is not there", "MAILGUN_PASSWORD_FILE=/none", /answers:2: cannot read/],
  [
    "what is said twice",
    "RELAY_HOST=a\nRELAY_HOST=b",
    /answers:3: RELAY_HOST .* first by .*answers:2/,
  ],
])("%s is refused with its line", (_, line, message) => {
  const { status, stderr } = told(["--answers", answersFile("", line)]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
});

test("what is wrong in a flag or a variable is told by its name", () => {
  expect(told([], { STOCKADE_RELAY_HOST: "a b" }).stderr).toContain(
    'STOCKADE_RELAY_HOST: "a b" is no relay',
  );
  expect(told(["--relay-host=a b"]).stderr).toContain('--relay-host: "a b" is no relay');
  expect(told(["--oops", "1"]).stderr).toContain('unknown flag "--oops"');
  expect(told([], { STOCKADE_ADMIN_MAIL: "x" })).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("STOCKADE_ADMIN_MAIL means nothing"),
  });
});

test("no message shows the password, no flag takes it, no program inherits it", () => {
  const typo = told(["--answers", answersFile("MAILGUN_PASSWORD: hush")]);
  expect([typo.status, typo.stderr]).toEqual([1, expect.not.stringContaining("hush")]);
  const flag = told(["--mailgun-password", "hush"]);
  expect([flag.status, flag.stderr]).toEqual([1, expect.not.stringContaining("hush")]);
  expect(told([], { STOCKADE_MAILGUN_PASSWORD: "SECRET" }).stdout).toBe("|||SECRET||0");
});

test("a warning where others may read the password, and only then", () => {
  const open = (...lines: string[]) => {
    const file = answersFile(...lines);
    chmodSync(file, 0o640);
    return file;
  };
  expect(told(["--answers", open("MAILGUN_PASSWORD=x")]).stderr).toContain("chmod 600");
  expect(told(["--answers", open("ADMIN_EMAIL=a@example.com")]).stderr).toBe("");
  const apart = ["-c", 'echo x > "$1/word" && chmod 600 "$1/word"', "_", folder];
  execFileSync("/bin/sh", apart);
  expect(told(["--answers", open(`MAILGUN_PASSWORD_FILE=${folder}/word`)]).stderr).toBe("");
  expect(told(["--mailgun-password-file", open("x")]).stderr).toContain("chmod 600");
  expect(told(["--mailgun-password-file", answersFile("x")]).stderr).toBe("");
});

test("the example explains every setting, and each is a flag, too", () => {
  const example = readFileSync("installer/answers.example", "utf8");
  const keys = bash(`printf '%s ' "\${answer_keys[@]}" "\${other_keys[@]}"`).trim().split(" ");
  const lines = [...example.matchAll(/^# .*\n#([A-Z_]+)=\S/gm)].map(([, key]) => key);
  expect(lines).toEqual([...new Set(lines)]);
  expect([...lines].sort()).toEqual([...keys].sort());
  const help = bash("usage");
  for (const key of keys.filter((one) => one !== "MAILGUN_PASSWORD")) {
    expect(help).toContain(`  --${key.toLowerCase().replaceAll("_", "-")} `);
  }
});

test("the example is in order as it stands, with everything taken in", () => {
  const example = readFileSync("installer/answers.example", "utf8");
  const all = example
    .replaceAll(/^#(?=[A-Z_]+=)/gm, "")
    .replaceAll(/^(MAILGUN_PASSWORD_FILE|MAILGUN_REGION|PACKAGE)=.*$/gm, "");
  const { status, stderr, stdout } = told(["--answers", answersFile(all)]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^you@example\.com\|smtp\.example\.com:587\|203\.0\.113\.12, /);
});

test.each([
  ["ADMIN_EMAIL", "a&b@example.com"],
  ["ADMIN_EMAIL", "two words@example.com"],
  ["EMAIL_FROM", "x"],
  ["MAILGUN_USER", "postmaster"],
  ["RELAY_HOST", "host;rm"],
  ["ADMIN_ADDRESS", "192.0.2.1<x>"],
  ["BLOCKING", "perhaps"],
  ["RULES_URL", "file:///etc/shadow"],
])("%s=%s is refused", (key, value) => {
  expect(() => bash("answers[$1]=$2; check_answers", key, value)).toThrow(/is no/);
});

test.each([
  ["observe", "<active-response><observe>yes</observe></active-response>"],
  ["no", "<active-response><disabled>yes</disabled></active-response>"],
])("BLOCKING=%s is in the settings", (value, section) => {
  const said = bash(
    "answers=([BLOCKING]=$1 [ADMIN_ADDRESS]=); fill_in < config/stockade.conf",
    value,
  );
  expect(said).toContain(`  ${section}\n\n</stockade_config>`);
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
