import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";

const repository = join(import.meta.dirname, "../..");

let scratch: Scratch;
let script: string;
let bin: string;
beforeEach(async () => {
  scratch = openScratch();
  const { stdout, exitCode } = await scratch.cli(["completion", "bash"]);
  expect(exitCode).toBe(0);
  script = scratch.write("completion.bash", stdout);
  bin = join(scratch.root, "bin");
  mkdirSync(bin);
  const node = join(repository, "node_modules/.bin/node");
  const bundle = join(repository, "dist/stockade.mjs");
  const command = `#!/bin/sh\nexec ${node} ${bundle} --root ${scratch.root} "$@"\n`;
  writeFileSync(join(bin, "stockade"), command);
  chmodSync(join(bin, "stockade"), 0o755);
});
afterEach(() => scratch.remove());

/** What bash completes the line to, as readline would ask it: words are cut at colons too. */
async function completed(line: string): Promise<string[]> {
  const ask = `
    source "$1"
    COMP_LINE=$2 COMP_POINT=\${#2} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
    read -ra COMP_WORDS <<< "\${2//:/ : }"
    [[ $2 != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    compopt() { :; }
    _stockade stockade
    printf '%s\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa("/bin/bash", ["--norc", "-uc", ask, "bash", script, line], {
    env: { PATH: `${bin}:/usr/bin:/bin` },
    cwd: scratch.root,
  });
  return stdout.split("\n").filter((word) => word !== "");
}

test("of another shell is wrong usage, as any other", async () => {
  for (const wrong of [["completion", "csh"], ["status", "--oops"], ["oops"], ["why"]]) {
    expect((await scratch.cli(wrong)).exitCode).toBe(64);
  }
  expect((await scratch.cli(["--help"])).exitCode).toBe(0);
});

test("it is a script that bash and shellcheck can read", async () => {
  await execa("/bin/bash", ["-n", script]);
  await execa("shellcheck", ["--shell=bash", script]);
});

describe("commands and options", () => {
  test("every command of the help, and no hidden one", async () => {
    const { stdout } = await scratch.cli(["--help"]);
    const listed = stdout.slice(stdout.indexOf("Commands:"), stdout.indexOf("Examples:"));
    const names = [...listed.matchAll(/^ {2}([a-z]\S*)/gm)].map(([, name]) => name);
    expect(names).toContain("unban");
    const all = await completed("stockade ");
    expect(all).toEqual(names.filter((name) => name !== "help"));
    expect(await completed("stockade unb")).toEqual(["unban"]);
    expect(all).not.toContain("supervise");
  });

  test.each([
    ["stockade rules ", ["list", "show", "coverage", "backtest"]],
    ["stockade rules sh", ["show"]],
    ["stockade config ", ["check"]],
    ["stockade --root /tmp config c", ["check"]],
    ["stockade unban --", ["--all", "--rule", "--json", "--help"]],
    ["stockade rules backtest --o", ["--old"]],
    ["stockade ban --response ", ["firewall-drop", "host-deny"]],
    ["stockade bans --response f", ["firewall-drop"]],
    ["stockade completion ", ["bash", "zsh", "fish"]],
    ["stockade ban --for ", []],
    ["stockade start ", []],
    ["stockade nonsense * ", expect.anything()],
  ])("%s", async (line, words) => {
    expect(await completed(line)).toEqual(words);
  });

  test("files and folders, with blanks in their names", async () => {
    mkdirSync(join(scratch.root, "a folder"));
    scratch.write("a file", "");
    expect(await completed("stockade logtest ./a")).toEqual(["./a file", "./a folder"]);
    expect(await completed("stockade rules backtest --new a")).toEqual(["a folder"]);
  });
});

/** The completion system of zsh works in its line editor only; these two say what they are asked for. */
const askZsh = `
  compadd() { shift; print -lr -- \${(M)@:#$PREFIX*}; }
  _files() { print -lr -- $PREFIX*(N/M); }
  compdef() { : }
  source $1
  words=(\${(z)2})
  [[ $2 != *' ' ]] || words+=('')
  CURRENT=$#words PREFIX=$words[-1]
  _stockade`;
const askFish = "source $argv[1]; complete -C $argv[2]";

const others = [
  { shell: "zsh", ask: ["-fc", askZsh, "zsh"] },
  { shell: "fish", ask: ["--no-config", "-c", askFish] },
].filter(({ shell }) => {
  const isThere = (process.env["PATH"] ?? "").split(":").some((at) => existsSync(join(at, shell)));
  if (!isThere)
    process.stdout.write(`completion in ${shell} NOT tested: apt-get install ${shell}\n`);
  return isThere;
});

async function completedIn(shell: string, ask: readonly string[], line: string) {
  const { stdout } = await scratch.cli(["completion", shell]);
  const file = scratch.write(`completion.${shell}`, stdout);
  const found = await execa(shell, [...ask, file, line], {
    env: { PATH: `${bin}:${process.env["PATH"]}`, HOME: scratch.root },
    cwd: scratch.root,
  });
  expect(found.stderr).toBe("");
  return found.stdout.split("\n").flatMap((row) => row.split("\t")[0] || []);
}

describe("in other shells", () => {
  test.each([
    ["stockade rules ", ["backtest", "coverage", "list", "show"]],
    ["stockade rules sh", ["show"]],
    ["stockade config ", ["check"]],
    ["stockade unban --", ["--all", "--help", "--json", "--rule"]],
    ["stockade ban --response ", ["firewall-drop", "host-deny"]],
    ["stockade ban --for ", []],
    ["stockade completion ", ["bash", "fish", "zsh"]],
    ["stockade rules backtest --new some", ["somefolder/"]],
  ])("%s", async (line, words) => {
    mkdirSync(join(scratch.root, "somefolder"));
    for (const { shell, ask } of others)
      expect((await completedIn(shell, ask, line)).sort(), shell).toEqual(words);
  });
});

test("addresses that are blocked, IPv6 ones too; none when nobody answers", async () => {
  expect(await completed("stockade unban ")).toEqual([]);
  scratch.write("run/stockade/respond.json", '{"whiteList":[]}');
  scratch.start("stockade-respond");
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
  for (const one of ["20.0.0.7", "20.0.0.0/24", "2001:db8::7"]) await scratch.cli(["ban", one]);
  expect((await completed("stockade unban ")).sort()).toEqual([
    "20.0.0.0/24",
    "20.0.0.7",
    "2001:db8::/64",
  ]);
  expect(await completed("stockade why 20.0.0.7")).toEqual(["20.0.0.7"]);
  for (const { shell, ask } of others)
    expect(await completedIn(shell, ask, "stockade unban 2001:"), shell).toEqual(["2001:db8::/64"]);
  expect(await completed("stockade bans --address 21")).toEqual([]);
  // Readline puts the part behind the last colon in place of what stands there.
  expect(await completed("stockade unban 2001:d")).toEqual(["db8::/64"]);
});
