import type { Command, Option } from "commander";
import { ResponseName } from "../../core/block.ts";

/** What a place on the command line takes, by the name that the help gives it. */
const kinds: Readonly<Record<string, Kind>> = {
  dir: "folder",
  folder: "folder",
  file: "file",
  address: "blocked",
  response: ResponseName.options,
};

export type Kind = "folder" | "file" | "blocked" | readonly string[];

/** One command: the words that lead to it, and what may follow them. */
export interface Known {
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly Option[];
  readonly takes: Kind | undefined;
}

/** Every command that `command` describes, itself first, hidden ones left out. */
export function knownBelow(command: Command, path: readonly string[] = []): Known[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((one) => one.name() !== "help");
  const [argument] = command.registeredArguments;
  const own: Known = {
    path: path.join(" "),
    commands: below.map((one) => one.name()),
    options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)],
    takes: argument && (kinds[argument.name()] ?? argument.argChoices),
  };
  return [own, ...below.flatMap((one) => knownBelow(one, [...path, one.name()]))];
}

/** What stands behind an option, undefined where it takes nothing. */
export function takenBy(option: Option): { readonly kind: Kind | undefined } | undefined {
  if (!option.required && !option.optional) return undefined;
  return { kind: kinds[/<([^>]+)>/.exec(option.flags)?.[1] ?? ""] };
}

/** How the words typed so far lead from command to command. */
export function arms({ path, commands }: Known): string[] {
  const next = (name: string) => (path === "" ? name : `${path} ${name}`);
  return commands.map((name) => `      '${path}/${name}') at='${next(name)}' ;;`);
}

export function namesOf({ long, short }: Option): string[] {
  return [long, short].filter((name) => name !== undefined);
}
