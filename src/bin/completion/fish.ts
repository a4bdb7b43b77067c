import type { Command, Option } from "commander";
import { type Kind, type Known, knownBelow, takenBy } from "./known.ts";

/** The same for fish. */
export function fishCompletion(program: Command): string {
  const all = knownBelow(program);
  return `# fish completion for stockade; made by: stockade completion fish
function __stockade_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at/$word"
${all.flatMap(arms).join("\n")}
    end
  end
  test "$at" = "$argv[1]"
end

complete -c stockade -f
${all.flatMap(lines).join("\n")}
`;
}

function arms({ path, commands }: Known): string[] {
  const next = (name: string) => (path === "" ? name : `${path} ${name}`);
  return commands.map((name) => `      case '${path}/${name}'\n        set at '${next(name)}'`);
}

function lines({ path, commands, options, takes }: Known): string[] {
  const begin = `complete -c stockade -n "__stockade_at '${path}'"`;
  const words = commands.length > 0 ? commands : takes;
  return [
    ...(words ? [`${begin}${doing(words)}`] : []),
    ...options.map((option) => `${begin}${namesOf(option)}${value(option)}`),
  ];
}

function namesOf({ long, short }: Option): string {
  return `${short ? ` -s ${short.slice(1)}` : ""}${long ? ` -l ${long.slice(2)}` : ""}`;
}

function value(option: Option): string {
  const taken = takenBy(option);
  if (!taken) return "";
  return `${taken.kind === "file" ? " -r" : " -x"}${doing(taken.kind)}`;
}

function doing(kind: Kind | undefined): string {
  if (kind === undefined) return "";
  if (kind === "folder") return " -a '(__fish_complete_directories)'";
  if (kind === "file") return " -F";
  if (kind === "blocked") return " -a '(stockade blocked 2> /dev/null)'";
  return ` -a '${kind.join(" ")}'`;
}
