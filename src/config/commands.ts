import { ResponseName } from "../core/block.ts";
import { CommandName, ExecutableName, Expected } from "../core/order.ts";
import type { Findings } from "./findings.ts";
import { commandTexts } from "./reference/responses.ts";
import { optionsOf, yesNoIn } from "./section-options.ts";
import { type Element, refuse } from "./xml.ts";

/** What a `<command>` stands for: a block, or a program that is run; neither where its section has a mistake. */
export interface Command {
  readonly name: string;
  readonly response?: ResponseName;
  readonly program?: CommandProgram;
  /** Whether it may be given a time-out. */
  readonly mayEnd: boolean;
}

interface CommandProgram {
  /** A file in the folder of the admin's executables, or `disable-account`, which comes with Stockade. */
  readonly executable: string;
  readonly expect: readonly Expected[];
  /** Where it stands: "file:line"; "" where it comes with Stockade. */
  readonly at: string;
}

/** The options of `<command>`, as OSSEC 4.3 knows them. */
export const commandOptions = Object.keys(commandTexts);

export const disableAccount = "disable-account";

/**
 * Reads every `<command>`, by its name. What comes with Stockade needs none; one that is given may rename it, as in
 * OSSEC (`<executable>host-deny.sh</executable>`). Any other executable is the admin's own.
 */
export function readCommands(all: readonly Element[], findings: Findings): Map<string, Command> {
  const blocks = ResponseName.options.map((name) => ({ name, response: name, mayEnd: true }));
  const program = { executable: disableAccount, expect: ["user"] as const, at: "" };
  const builtIn: Command[] = [...blocks, { name: disableAccount, program, mayEnd: true }];
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
  return named.map(({ text }) => ({ name: text.trim(), mayEnd: true }));
}

function readCommand(section: Element, findings: Findings): Command {
  const { file } = findings;
  const options = optionsOf(section, file, commandOptions);
  const name = options.get("name");
  const executable = options.get("executable");
  if (!name) throw refuse(file, section, "has no <name>");
  if (!executable) throw refuse(file, section, `"${name}" has no <executable>`);
  const mayEnd = yesNoIn(section, file, "timeout_allowed") ?? false;
  const plain = executable.replace(/\.sh$/, "");
  const response = ResponseName.safeParse(plain).data;
  if (response) return { name, response, mayEnd };
  const at = `${file}:${section.line}`;
  const expect = expected(options.get("expect") ?? "", name, section, findings);
  refuseNames(name, executable, section, file);
  return plain === disableAccount
    ? { name, program: { executable: plain, expect: ["user"], at: "" }, mayEnd }
    : { name, program: { executable, expect, at }, mayEnd };
}

/** Both become arguments and parts of paths of a process with power. */
function refuseNames(name: string, executable: string, section: Element, file: string): void {
  if (!CommandName.safeParse(name).success) {
    const hint =
      "letters, digits, dots, hyphens and underscores, no blank; a letter or digit first";
    throw refuse(file, section, `has the <name> "${name}", which cannot be one`, hint);
  }
  if (ExecutableName.safeParse(executable).success) return;
  const hint = "executables are in /etc/stockade/active-response/bin, without arguments";
  throw refuse(file, section, `"${name}" runs "${executable}", expected a plain file name`, hint);
}

/** OSSEC's words, with commas or blanks between them; it passes over those it does not know. */
function expected(
  text: string,
  name: string,
  section: Element,
  { note }: Findings,
): readonly Expected[] {
  const words = text.toLowerCase().split(/[,\s]+/);
  const known = words
    .filter((word) => word !== "")
    .map((word) => (word === "username" ? "user" : word));
  return [...new Set(known)].flatMap((word) => {
    const one = Expected.safeParse(word).data;
    if (!one) note(`"${name}" expects "${word}", which has no meaning`, section);
    return one ?? [];
  });
}
