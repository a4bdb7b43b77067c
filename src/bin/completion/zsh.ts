import type { Command } from "commander";
import { arms, type Kind, type Known, knownBelow, namesOf, takenBy } from "./known.ts";

/** The same for zsh, as a file of its `fpath`. */
export function zshCompletion(program: Command): string {
  const all = knownBelow(program);
  return `#compdef stockade
# zsh completion for stockade; made by: stockade completion zsh
_stockade() {
  local at='' word before=''
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at/$word" in
${all.flatMap(arms).join("\n")}
    esac
    before=$word
  done
  case "$at/$before" in
${all.flatMap(valueArms).join("\n")}
  esac
  case "$at/$PREFIX" in
${all.flatMap(wordArms).join("\n")}
  esac
}

# Read by the function of that name on its first use, or by hand.
if [[ $funcstack[1] = _stockade ]]; then _stockade "$@"; else compdef _stockade stockade; fi
`;
}

function valueArms({ path, options }: Known): string[] {
  return options.flatMap((option) => {
    const value = takenBy(option);
    const names = namesOf(option).map((name) => `'${path}/${name}'`);
    return value ? [`    ${names.join("|")}) ${doing(value.kind)}return ;;`] : [];
  });
}

function wordArms({ path, commands, options, takes }: Known): string[] {
  const named = options.map((option) => option.long ?? option.short ?? "");
  return [
    `    '${path}/-'*) ${doing(named)};;`,
    `    '${path}/'*) ${doing(commands.length > 0 ? commands : takes)};;`,
  ];
}

function doing(kind: Kind | undefined): string {
  if (kind === undefined) return "";
  if (kind === "folder") return "_files -/; ";
  if (kind === "file") return "_files; ";
  if (kind === "blocked") return `compadd -- \${(f)"$(stockade blocked 2> /dev/null)"}; `;
  return `compadd -- ${kind.join(" ")}; `;
}
