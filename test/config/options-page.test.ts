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
import { rootcheckOptions } from "../../src/config/rootcheck.ts";
import { ruleSources } from "../../src/config/rules-section.ts";
import { syscheckOptions } from "../../src/config/syscheck.ts";
import { unsupported } from "../../src/config/unsupported.ts";
import { Failure } from "../../src/core/failure.ts";
import { withParts } from "../docs/reference.ts";

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
  syscheck: syscheckOptions,
  rootcheck: rootcheckOptions,
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

test.each(["configure.md", "man/stockade.conf.5"])(
  "%s is what npm run docs makes of it",
  (name) => {
    const text = readFileSync(join(docs, name), "utf8");
    expect(withParts(text)).toBe(text);
  },
);

const file = join(mkdtempSync(join(tmpdir(), "stockade-config-")), "s.conf");

/** What a section needs besides the option that is looked at. */
const neighbours: Readonly<Record<string, string>> = {
  localfile: "<log_format>command</log_format><command>true</command>",
  "localfile/only-future-events": "<log_format>syslog</log_format><location>/a.log</location>",
  "active-response": "<command>host-deny</command><rules_id>5712</rules_id>",
};

/** The settings that say only this; nothing of the option itself where no value is given. */
function load(option: string, value?: string) {
  const [section = "", name = ""] = option.split("/");
  const others = name.startsWith("repeated") ? "" : (neighbours[option] ?? neighbours[section]);
  const one = value === undefined ? "" : `<${name}>${value}</${name}>`;
  const text = `<${section}>${others ?? ""}${one}</${section}>`;
  writeFileSync(file, `<ossec_config>${text}</ossec_config>`);
  return loadSettings(file);
}

describe("a default is what is so when nothing is said", () => {
  const defaults = rows.flatMap(([cell = "", , value = ""]) => {
    const [option = ""] = namesIn(cell);
    const isOne = option.includes("/") && value !== "" && !/^command|alias|repeated/.test(option);
    return isOne ? [[option, value]] : [];
  });
  test.each(defaults)("%s: %s", (option, value) => {
    expect(load(option, value).settings).toEqual(load(option).settings);
  });
  test("of every option that is one value, in a section that needs no other", () => {
    expect(defaults).toHaveLength(44);
  });
});

describe("numbers are taken from the least to the most that is written, and no others", () => {
  const ranges = rows.flatMap(([cell = "", values = ""]) => {
    const [, least, most] = /^(\d+) to (\d+)/.exec(values) ?? [];
    const [option = ""] = namesIn(cell);
    return most === undefined ? [] : [[option, Number(least), Number(most)] as const];
  });
  test.each(ranges)("%s: %d to %d", (option, least, most) => {
    for (const value of [least, most]) expect(() => load(option, `${value}`)).not.toThrow();
    for (const value of [least - 1, most + 1]) {
      expect(() => load(option, `${value}`)).toThrow(/expected a whole number from/);
    }
  });
  test("of every option that is one", () => expect(ranges).toHaveLength(20));
});

describe("what has no effect says what is so instead", () => {
  const told = rows.flatMap(([cell = "", means = "", more]) =>
    more === undefined && /^`(global|alerts)/.test(cell)
      ? namesIn(cell).map((option) => [option, means.replaceAll("`", "")])
      : [],
  );
  test.each(told)("%s: %s", (option = "", means) => {
    const taken = ["yes", "no", "7"].flatMap((value) => attempt(option, value));
    expect(taken.map(({ settings }) => settings)).toEqual(taken.map(() => load(option).settings));
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
