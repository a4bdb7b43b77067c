import { ResponseName } from "../core/block.ts";
import type { Findings } from "./findings.ts";
import { optionsOf, yesNoIn } from "./section-options.ts";
import { type Element, refuse } from "./xml.ts";

/** What a `<command>` stands for: a response and whether it may be given a time-out, or something that is not run. */
export interface Command {
  readonly name: string;
  readonly response: ResponseName | undefined;
  readonly mayEnd: boolean;
}

/** The options of `<command>`, as OSSEC 4.3 knows them. */
export const commandOptions = ["name", "executable", "expect", "timeout_allowed"];

/**
 * Reads every `<command>`, by its name. The responses themselves need none; one that is given may rename them, as in
 * OSSEC (`<executable>host-deny.sh</executable>`). One with another executable leads to a notice.
 */
export function readCommands(all: readonly Element[], findings: Findings): Map<string, Command> {
  const builtIn = ResponseName.options.map((name) => ({ name, response: name, mayEnd: true }));
  const given = all
    .filter(({ name }) => name === "command")
    .flatMap(
      (section) => findings.attempt(() => readCommand(section, findings)) ?? broken(section),
    );
  return new Map([...builtIn, ...given].map((command) => [command.name, command]));
}

/** Stands for a command with a mistake, which is told: that the responses do not find it would be one more. */
function broken({ children }: Element): Command[] {
  const named = children.filter(({ name }) => name === "name");
  return named.map(({ text }) => ({ name: text.trim(), response: undefined, mayEnd: true }));
}

function readCommand(section: Element, { file, note }: Findings): Command {
  const options = optionsOf(section, file, commandOptions);
  const name = options.get("name");
  const executable = options.get("executable");
  if (!name) throw refuse(file, section, "has no <name>");
  if (!executable) throw refuse(file, section, `"${name}" has no <executable>`);
  const response = ResponseName.safeParse(executable.replace(/\.sh$/, "")).data;
  if (!response) {
    const ours = ResponseName.options.map((option) => `${option}.sh`).join(" and ");
    note(`"${name}" is not run: Stockade has ${ours}, not "${executable}"`, section);
  }
  return { name, response, mayEnd: yesNoIn(section, file, "timeout_allowed") ?? false };
}
