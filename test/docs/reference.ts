import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../../src/config/load.ts";
import { alertsOptions, globalOptions } from "../../src/config/options.ts";
import type { OptionText } from "../../src/config/reference/option-text.ts";
import { reference } from "../../src/config/reference.ts";
import { unsupported } from "../../src/config/unsupported.ts";
import { Failure } from "../../src/core/failure.ts";

/** The parts of the documentation that the tables of the readers give, by the name in their marker. */
const parts: Readonly<Record<string, () => string>> = {
  options: () => Object.entries(reference).map(sectionInMarkdown).join("\n"),
  "no effect": () => table(["option", "what is so instead"], withoutEffect()),
  "unsupported sections": () =>
    table(
      ["section", "what that means"],
      Object.entries(unsupported).map(([name, { without }]) => [code(name), asCode(without)]),
    ),
  "options for man": () => Object.entries(reference).map(sectionInRoff).join(""),
};

/** A page with each part between its markers, `<!-- NAME -->` and `<!-- end -->`, or `.\" NAME` and `.\" end`, made anew. */
export function withParts(page: string): string {
  return page.replaceAll(
    /^(<!-- (.+) -->|\.\\" (.+))\n[\s\S]*?^(<!-- end -->|\.\\" end)$/gm,
    (whole, begin: string, name: string | undefined, roff: string | undefined, end: string) => {
      const part = parts[name ?? roff ?? ""];
      if (!part) return whole;
      const blank = name === undefined ? "" : "\n";
      return `${begin}\n${blank}${part()}${blank}${end}`;
    },
  );
}

function sectionInMarkdown([section, texts]: [string, Readonly<Record<string, OptionText>>]) {
  const rows = Object.entries(texts).map(([name, { values, standard = "", does }]) => [
    code(`${section}/${name}`),
    values,
    standard,
    does,
  ]);
  return `### ${section}\n\n${table(["option", "values", "default", "effect"], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell) => cell && ` ${cell}`).join(" |")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

/** Asked of the reader itself; options with the same answer are one row. */
function withoutEffect(): string[][] {
  const answers = new Map<string, string[]>();
  for (const [section, options] of Object.entries({
    global: globalOptions,
    alerts: alertsOptions,
  })) {
    for (const name of Object.keys(options)) {
      const answer = answerTo(section, name);
      if (answer) answers.set(answer, [...(answers.get(answer) ?? []), code(`${section}/${name}`)]);
    }
  }
  answers.set("there are no agents", [code("active-response/agent_id")]);
  return [...answers].map(([answer, names]) => [names.join(", "), asCode(answer)]);
}

const scratch = join(tmpdir(), `stockade-reference-${process.pid}.conf`);

function answerTo(section: string, name: string): string | undefined {
  for (const value of ["yes", "no", "7"]) {
    const xml = `<${section}><${name}>${value}</${name}></${section}>`;
    writeFileSync(scratch, `<ossec_config>${xml}</ossec_config>`);
    const answer = answerOf(`<${name}> has no effect: `);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function answerOf(beginning: string): string | undefined {
  try {
    const messages = loadSettings(scratch).notices.map(({ message }) => message);
    return messages.find((text) => text.startsWith(beginning))?.slice(beginning.length);
  } catch (thrown) {
    // It does not take that value.
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

function code(text: string): string {
  return `\`${text}\``;
}

/** With each run of elements between backticks. */
function asCode(text: string): string {
  return text.replaceAll(/(<[^>]+>[^<\s]*)+/g, code);
}

function sectionInRoff([section, texts]: [string, Readonly<Record<string, OptionText>>]): string {
  const options = Object.entries(texts).map(([name, { values, standard, does }]) => {
    const otherwise = standard === undefined ? "" : ` Default: ${standard}.`;
    return `.TP\n.B ${roff(name)}\n${roff(does)}.\n.br\n${roff(`Values: ${values}.${otherwise}`)}\n`;
  });
  return `.SS <${section}>\n${options.join("")}`;
}

/** Links become their text, code becomes bold. */
function roff(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replaceAll("\\|", "|")
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/`([^`]+)`/g, "\\fB$1\\fP")
    .replaceAll("…", "...")
    .replace(/^(['.])/, "\\&$1");
}
