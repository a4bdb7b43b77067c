import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A piece of a page between fences, or of a man page's examples. */
export interface Block {
  readonly page: string;
  /** Where it begins, from 1 on. */
  readonly line: number;
  /** `sh` is run as it stands; `console` has commands behind "$ ", each with what it prints. */
  readonly language: string;
  readonly text: string;
}

/** A command as it is printed, and what is printed below it, if the page shows that. */
export interface Shown {
  readonly command: string;
  readonly output?: string;
}

const home = join(import.meta.dirname, "../..");
const manuals = readdirSync(join(home, "docs/man")).map((name) => `docs/man/${name}`);

/** What users read. The commands of docs/testing.md are the tests. */
export const pages = [
  "README.md",
  "SECURITY.md",
  ...readdirSync(join(home, "docs"))
    .filter((name) => /^(?!ARCHITECTURE|testing).*\.md$/.test(name))
    .map((name) => `docs/${name}`),
  ...manuals,
];

export function textOf(page: string): string {
  return readFileSync(join(home, page), "utf8");
}

export function blocksOf(page: string): Block[] {
  const text = textOf(page);
  const pattern = manuals.includes(page) ? inRoff : inMarkdown;
  return [...text.matchAll(pattern)].map(({ index, groups }) => ({
    page,
    line: text.slice(0, index).split("\n").length,
    language: groups?.["language"] ?? (/^</.test(groups?.["text"] ?? "") ? "xml" : "sh"),
    text: (groups?.["text"] ?? "").replaceAll("\\-", "-"),
  }));
}

const inMarkdown = /^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;
const inRoff = /^\.EX\n(?<text>[\s\S]*?)^\.EE$/gm;

/** The commands of a block, in their order. */
export function commandsIn({ language, text }: Block): Shown[] {
  if (language === "sh") return [{ command: text.trimEnd() }];
  if (language !== "console") return [];
  return [...text.matchAll(/^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)/gm)].map(
    ([, command = "", output = ""]) => ({ command: command.replaceAll("\n> ", "\n"), output }),
  );
}

/** Whether that was printed. "…" stands for anything in a line, and alone in a line for any lines; how wide a gap is does not count. */
export function fits(shown: string, printed: string): boolean {
  const lines = shown
    .trimEnd()
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : `${inLine(line)} *\\n`));
  return new RegExp(`^${lines.join("")}$`).test(`${printed.trimEnd()}\n`);
}

function inLine(line: string): string {
  return line
    .trimEnd()
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/ +/g, " +")
    .replaceAll("…", ".*");
}
