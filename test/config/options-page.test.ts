import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandOptions } from "../../src/config/commands.ts";
import { loadSettings } from "../../src/config/load.ts";
import { logFormatNames } from "../../src/config/local-file.ts";
import { localFileOptions } from "../../src/config/local-files.ts";
import { alertsOptions, breakerOptions, globalOptions } from "../../src/config/options.ts";
import { responseOptions } from "../../src/config/responses.ts";
import { ruleSources } from "../../src/config/rules-section.ts";
import { unsupported } from "../../src/config/unsupported.ts";
import { Failure } from "../../src/core/failure.ts";

/** The rows of the tables in docs/configure.md and docs/logs.md, cell by cell. */
const docs = join(import.meta.dirname, "../../docs");
const rows = ["configure.md", "logs.md"]
  .map((page) => readFileSync(join(docs, page), "utf8"))
  .join("\n")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(1, -1).split(/(?<!\\)\|/))
  .map((cells) => cells.map((cell) => cell.trim()));
const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

const known = {
  global: Object.keys(globalOptions),
  alerts: Object.keys(alertsOptions),
  rules: ruleSources,
  command: commandOptions,
  localfile: localFileOptions,
  "active-response": responseOptions,
  circuit_breaker: Object.keys(breakerOptions),
};

test("the tables name exactly the options that the code knows, each once", () => {
  const written = rows.flatMap(([cell = ""]) => namesIn(cell)).filter((name) => name.includes("/"));
  const options = Object.entries(known).flatMap(([section, names]) =>
    names.map((name) => `${section}/${name}`),
  );
  expect(written.toSorted()).toEqual(options.toSorted());
});

test("the table of log formats names each once", () => {
  const written = rows.flatMap(([cell = ""]) => namesIn(cell));
  const formats = [...logFormatNames, "multi-line: 3"];
  expect(written.filter((name) => formats.includes(name)).toSorted()).toEqual(formats.toSorted());
});

test("the sections that are not supported, and what that means", () => {
  const written = rows
    .filter(([cell = ""]) => Object.hasOwn(unsupported, namesIn(cell)[0] ?? ""))
    .map(([cell = "", means = ""]) => [namesIn(cell)[0], means.replaceAll("`", "")]);
  expect(written).toEqual(
    Object.entries(unsupported).map(([name, { without }]) => [name, without]),
  );
});

const file = join(mkdtempSync(join(tmpdir(), "stockade-config-")), "s.conf");
function load(option: string, value: string) {
  const [section, name] = option.split("/");
  writeFileSync(
    file,
    `<ossec_config><${section}><${name}>${value}</${name}></${section}></ossec_config>`,
  );
  return loadSettings(file);
}
const plain = () => {
  writeFileSync(file, "<ossec_config/>");
  return loadSettings(file).settings;
};

describe("a default is what is so when nothing is said", () => {
  const defaults = rows.flatMap(([cell = "", value = "", effect]) => {
    const [option = ""] = namesIn(cell);
    return /^(global|alerts|circuit_breaker)/.test(option) && effect !== undefined && value !== ""
      ? [[option, value]]
      : [];
  });
  test.each(defaults)("%s: %s", (option, value) => {
    expect(load(option, value).settings).toEqual(plain());
  });
  test("of every option in <global>, <alerts> and <circuit_breaker> that is one value", () => {
    expect(defaults).toHaveLength(16);
  });
});

describe("what has no effect says what is so instead", () => {
  const told = rows.flatMap(([cell = "", means = "", more]) =>
    more === undefined && /^`(global|alerts)/.test(cell)
      ? namesIn(cell).map((option) => [option, means.replaceAll("`", "")])
      : [],
  );
  test.each(told)("%s: %s", (option = "", means) => {
    const taken = ["yes", "no", "7"].flatMap((value) => attempt(option, value));
    expect(taken.map(({ settings }) => settings)).toEqual(taken.map(() => plain()));
    const messages = taken.flatMap(({ notices }) => notices.map(({ message }) => message));
    expect(messages).toContain(`<${option.split("/")[1]}> has no effect: ${means}`);
  });
});

/** Nothing where the option does not take that value. */
function attempt(option: string, value: string) {
  try {
    return [load(option, value)];
  } catch (thrown) {
    if (thrown instanceof Failure) return [];
    throw thrown;
  }
}
