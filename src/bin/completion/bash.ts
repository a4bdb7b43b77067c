import type { Command } from "commander";
import { arms, type Kind, type Known, knownBelow, namesOf, takenBy } from "./known.ts";

/** A completion for bash of everything that `program` describes, hidden commands left out. */
export function bashCompletion(program: Command): string {
  const all = knownBelow(program);
  return `# bash completion for stockade; made by: stockade completion bash
_stockade() {
  local - line=\${COMP_LINE:0:COMP_POINT} at='' word before='' cur
  set -f
  cur=\${line##*[[:space:]]}
  COMPREPLY=()
  for word in \${line%"$cur"}; do
    case "$at/$word" in
${all.flatMap(arms).join("\n")}
    esac
    before=$word
  done
  case "$at/$before" in
${all.flatMap(valueArms).join("\n")}
  esac
  case "$at/$cur" in
${all.flatMap(wordArms).join("\n")}
  esac
  _stockade_trim
}

# IPv6 addresses: bash takes each part between colons for a word of its own.
_stockade_trim() {
  [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]] || return 0
  local index head=\${cur%"\${cur##*:}"}
  for index in "\${!COMPREPLY[@]}"; do COMPREPLY[index]=\${COMPREPLY[index]#"$head"}; done
}

complete -F _stockade stockade
`;
}

/** What comes behind an option that takes something. */
function valueArms({ path, options }: Known): string[] {
  return options.flatMap((option) => {
    const value = takenBy(option);
    const names = namesOf(option).map((name) => `'${path}/${name}'`);
    return value ? [`    ${names.join("|")}) ${doing(value.kind)}_stockade_trim; return ;;`] : [];
  });
}

/** What stands for itself: options behind a dash, else commands or what the command takes. */
function wordArms({ path, commands, options, takes }: Known): string[] {
  const named = options.map((option) => option.long ?? option.short ?? "");
  return [
    `    '${path}/-'*) ${doing(named)};;`,
    `    '${path}/'*) ${doing(commands.length > 0 ? commands : takes)};;`,
  ];
}

function doing(kind: Kind | undefined): string {
  if (kind === undefined) return "";
  if (kind === "folder") return `${reply("-d")}compopt -o filenames; `;
  if (kind === "file") return `${reply("-f")}compopt -o filenames; `;
  if (kind === "blocked") return reply('-W "$(stockade blocked 2> /dev/null)"');
  return reply(`-W '${kind.join(" ")}'`);
}

function reply(words: string): string {
  return `mapfile -t COMPREPLY < <(compgen ${words} -- "$cur"); `;
}
