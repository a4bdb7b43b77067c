import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { elsewhere } from "../system/manual.ts";
import { blocksOf, commandsIn, fits, pages, textOf } from "./blocks.ts";

const blocks = pages.flatMap(blocksOf);

describe("each block is one that a test runs, or none that anybody would run", () => {
  test.each(pages)("%s", (page) => {
    const text = textOf(page).replaceAll(/^```[\s\S]*?^```$/gm, "");
    const indented = page.endsWith(".md") ? (text.match(/^(?: {4}|\t).*$/gm) ?? []) : [];
    expect(indented, "stands between no fences").toEqual([]);
    for (const block of blocks.filter((one) => one.page === page)) {
      const at = `${page}:${block.line}`;
      // A drawing; a file that test/system/commands.ts installs and runs; settings, which are read below.
      const others = ["README.md ", "docs/responses.md bash"];
      if (others.includes(`${page} ${block.language}`) || block.language === "xml") continue;
      expect(block.language, at).toMatch(/^(sh|console)$/);
      const commands = commandsIn(block);
      expect(commands, at).not.toEqual([]);
      const whole = commands.map(({ command, output }) =>
        output === undefined ? command : `$ ${command.replaceAll("\n", "\n> ")}\n${output}`,
      );
      expect(whole.join("").trimEnd(), at).toBe(block.text.trimEnd());
    }
  });
});

test("what another test runs is still in a page, and that test runs it", () => {
  const all = blocks.flatMap(commandsIn).map(({ command }) => command);
  for (const [command, file] of Object.entries(elsewhere)) {
    expect(all).toContain(command);
    const words = command.replace(/^sudo /, "").replace("./stockade_0.1.0_amd64.deb", "");
    const source = readFileSync(join(import.meta.dirname, "../system", file), "utf8");
    const last = words.trim().split(/[ /]/).at(-1) ?? "";
    expect(source, `${file}: ${last}`).toContain(last);
  }
});

describe("each command of stockade that the text speaks of is one", () => {
  const args = ["dist/stockade.mjs", "completion", "bash"];
  const completion = execFileSync(process.execPath, args, { encoding: "utf8" });
  const installer = readFileSync("installer/steps/10-flags.sh", "utf8");
  const optionsOf = new Map(
    [...completion.matchAll(/^ +'([a-z0-9 -]*)\/-'\*\) .*-W '([^']*)'/gm)].map(
      ([, path = "", options = ""]) => [path, options.split(" ")],
    ),
  );

  test.each(pages)("%s", (page) => {
    const spoken = [...textOf(page).matchAll(/`(?:sudo )?stockade ([a-z][^`]*)`/g)];
    const shown = blocks.filter((block) => block.page === page).flatMap(commandsIn);
    const ran = shown.flatMap(({ command }) => [
      ...command.matchAll(/\bstockade ([a-z][^|&#\n]*)/g),
    ]);
    const wrong = [...spoken, ...ran]
      .map(([, words = ""]) => words)
      .filter((words) => !exists(words));
    expect(wrong).toEqual([]);
  });

  /** "config check --json": the command, of one word or two, and each option of it. */
  function exists(words: string): boolean {
    const [first = "", second = "", ...others] = words.trim().split(/ +/);
    const options = optionsOf.get(`${first} ${second}`) ?? optionsOf.get(first);
    const asked = [second, ...others].filter((word) => /^--[a-z]/.test(word));
    // `setup` hands its flags to the installer.
    const flags = first === "setup" ? installer : options;
    return flags !== undefined && asked.every((option) => flags.includes(option));
  }
});

test.each(
  blocks
    .filter(({ language }) => language === "xml")
    .map(({ page, line, text }) => [`${page}:${line}`, text]),
)("the settings at %s can be read", (_at, text = "") => {
  const file = join(mkdtempSync(join(tmpdir(), "stockade-docs-")), "s.conf");
  writeFileSync(
    file,
    text.startsWith("<stockade") ? text : `<stockade_config>${text}</stockade_config>`,
  );
  expect(() => loadSettings(file)).not.toThrow();
});

test("what is shown is compared with what is printed", () => {
  expect(fits("a  b\n", "a b\n")).toBe(true);
  expect(fits("a …\n…\nz", "a 17\n\nmore\nz\n")).toBe(true);
  expect(fits("…\n", "")).toBe(true);
  expect(fits("a\n", "a\nb\n")).toBe(false);
  expect(fits("a (1)\n", "a 1\n")).toBe(false);
});

test("what is shown of a command is never anything at all", () => {
  const shown = blocks.flatMap(commandsIn).filter(({ output }) => output !== undefined);
  expect(shown.filter(({ output = "" }) => /^[…\s]*$/.test(output))).toEqual([]);
});
