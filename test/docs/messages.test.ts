import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { textOf } from "./blocks.ts";

/** Of each file: what it prints, in one line, with "…" for what is put in. */
const sources = ["src", "installer", "rules"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((file) => statSync(file).isFile())
  .map((file) => asPrinted(readFileSync(file, "utf8")));

const [, ...tables] = textOf("docs/troubleshooting.md").split(/^## (?=Messages|What the)/m);
const messages = tables
  .flatMap((part) => part.match(/^\| `.*? \|/gm) ?? [])
  .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)])
  .map(([, message = ""]) => message);

test.each(messages)("somebody can read: %s", (message) => {
  const parts = message.split("…").map((part) => part.trim());
  const isPrinted = sources.some((source) => parts.every((part) => source.includes(part)));
  expect(isPrinted).toBe(true);
});

test("there are some", () => expect(messages.length).toBeGreaterThan(40));

function asPrinted(source: string): string {
  return source
    .replaceAll(/^ *(?:\/\*\*[\s\S]*?\*\/|\/\/.*|#.*)$/gm, "")
    .replaceAll(/["`] \+\s+["`]/g, "")
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…")
    .replaceAll(/\\(["'`])/g, "$1");
}
