import { maxBlockSeconds } from "../core/block.ts";
import { type VerdictClass, verdictClasses } from "../core/verdict.ts";
import { compilePattern } from "../pattern/compile.ts";
import { saysSomethingOfAll } from "./blocking.ts";
import { type Command, disableAccount, readCommands } from "./commands.ts";
import type { Findings } from "./findings.ts";
import { whole } from "./numbers.ts";
import { responseTexts } from "./reference/responses.ts";
import { inside, optionsOf, yesNoIn } from "./section-options.ts";
import { type Element, refuse } from "./xml.ts";

/** What every `<active-response>` asks for: blocks, and other commands with what these are. */
interface Responses {
  readonly activeResponses: unknown[];
  readonly customResponses: unknown[];
  readonly commands: unknown[];
}

/**
 * Reads every `<active-response>`, with a notice for what is not done. Mistakes are left with `findings`. `compatible`
 * takes `<rules_group>` for a pattern, as OSSEC does.
 */
export function readActiveResponses(
  all: readonly Element[],
  findings: Findings,
  compatible: boolean,
): Responses {
  const commands = readCommands(all, findings);
  const sections = all.filter(({ name }) => name === "active-response");
  const responses = sections.flatMap(
    (section) =>
      findings.attempt(() => readResponse(section, commands, findings, compatible)) ?? [],
  );
  const off = sections.find(switchesAllOff);
  if (off) findings.note("is disabled as a whole: nobody is blocked", off);
  const read = off ? [] : responses;
  const used = new Set(read.map(({ command }) => command));
  return {
    activeResponses: read.flatMap(({ command, when }) =>
      command.response ? [{ response: command.response, ...when }] : [],
    ),
    customResponses: read.flatMap(({ command: { name, program }, when }) =>
      program ? [{ command: name, expect: program.expect, ...when }] : [],
    ),
    commands: [...used].flatMap(({ name, program, mayEnd }) =>
      program ? [{ name, ...program, mayEnd }] : [],
    ),
  };
}

interface Response {
  readonly command: Command;
  readonly when: object;
}

/** The options of `<active-response>`; `agent_id` has no effect. */
export const responseOptions = [...Object.keys(responseTexts), "agent_id"];

function readResponse(
  section: Element,
  commands: ReadonlyMap<string, Command>,
  findings: Findings,
  compatible: boolean,
): Response[] {
  const { file, note } = findings;
  const options = optionsOf(section, file, responseOptions);
  if (yesNoIn(section, file, "disabled") === true) return [];
  const groups = groupsOf(options.get("rules_group"), section, findings, compatible);
  if (saysSomethingOfAll(section)) return [];
  const command = commandOf(section, options, commands, file);
  const location = options.get("location") ?? "local";
  if (!locations.includes(location)) {
    const known = `locations are ${locations.join(", ")}`;
    throw refuse(file, section, `has the location "${location}", expected local`, known);
  }
  const when = {
    ...conditions(section, file, options),
    ...groups,
    ...timeoutOf(section, command, file),
    ...verdictsOf(options.get("verdict"), section, findings),
    ...(yesNoIn(section, file, "observe") === true && { observe: true }),
  };
  if (location === "defined-agent") {
    note(`of "${command.name}" is not run: there are no agents`, section);
    return [];
  }
  noteWhoeverNames(command, options, section, findings);
  return [{ command, when: { ...lastingOf(command, when, section, findings), ...when } }];
}

/** OSSEC's time-out when none is given is "for ever"; Stockade never shuts anybody out for ever. */
const defaultSeconds = 600;

/** How long it lasts when that is not said. A program of the admin's is then run once for each alert, and never undone. */
function lastingOf(
  { name, response, program }: Command,
  when: object,
  section: Element,
  { note }: Findings,
) {
  if ("seconds" in when) return {};
  if (response) note(`of "${name}" has no <timeout>: a block lasts ${defaultSeconds} s`, section);
  else if (program?.executable !== disableAccount) return { seconds: 0 };
  else note(`of "${name}" has no <timeout>: it lasts ${defaultSeconds} s`, section);
  return { seconds: defaultSeconds };
}

/** Who fails to log in says whose name he tries. */
function noteWhoeverNames(
  { name, program }: Command,
  options: ReadonlyMap<string, string>,
  section: Element,
  { note }: Findings,
): void {
  const level = options.get("level");
  if (level === undefined || !program?.expect.includes("user")) return;
  note(
    `runs "${name}" from level ${level} on: whoever tries a user's name has it run against that user; ` +
      "name the rules with <rules_id> instead",
    section,
  );
}

function commandOf(
  section: Element,
  options: ReadonlyMap<string, string>,
  commands: ReadonlyMap<string, Command>,
  file: string,
): Command {
  const name = options.get("command");
  if (!name) throw refuse(file, section, "has no <command>");
  const command = commands.get(name);
  if (command) return command;
  const known = `commands are ${[...commands.keys()].join(", ")}`;
  throw refuse(file, section, `names the command "${name}", which is not defined`, known);
}

/** OSSEC stops the process that runs responses where the section says nothing else. */
function switchesAllOff({ children }: Element): boolean {
  return children.length > 0 && children.every(isDisabled);
}

function isDisabled({ name, text }: Element): boolean {
  return name === "disabled" && text.trim() === "yes";
}

/** All but the last mean this server here. */
const locations = [
  "local",
  "server",
  "analysisd",
  "analysis-server",
  "AS",
  "all",
  "any",
  "defined-agent",
];

function timeoutOf(section: Element, { name, mayEnd }: Command, file: string) {
  const timeout = section.children.findLast((child) => child.name === "timeout")?.text.trim();
  const seconds = inside(section, file, "timeout", () => whole(timeout ?? "0", 0, maxBlockSeconds));
  if (seconds === 0) return {};
  if (mayEnd) return { seconds };
  const hint = `add <timeout_allowed>yes</timeout_allowed> to the <command> "${name}"`;
  throw refuse(file, section, `has a <timeout>, which the command "${name}" does not allow`, hint);
}

/** A rule's level ends at 16; OSSEC lets a response wait for more. */
const highestLevel = 20;

function conditions(section: Element, file: string, options: ReadonlyMap<string, string>) {
  const level = options.get("level");
  const ids = list(options.get("rules_id"), /[,\s]+/);
  const groups = list(options.get("rules_group"), /[|,]/);
  if (level === undefined && ids.length + groups.length === 0) {
    const hint = "add <level>, <rules_id> or <rules_group>";
    throw refuse(file, section, "would never run", hint);
  }
  return {
    ...(level !== undefined && {
      level: inside(section, file, "level", () => whole(level, 0, highestLevel)),
    }),
    ruleIds: inside(section, file, "rules_id", () => ids.map((id) => whole(id, 1, 99_999_999))),
  };
}

/** Names, with commas or "|" between them; for OSSEC a pattern. */
function groupsOf(
  text: string | undefined,
  section: Element,
  { file, note }: Findings,
  compatible: boolean,
) {
  if (compatible && text) {
    inside(section, file, "rules_group", () => compilePattern("regex", text));
    return { groupPattern: text };
  }
  if (/[\\()^$+*]/.test(text ?? "")) {
    note("reads <rules_group> as names of groups, not as a pattern", section);
  }
  return { ruleGroups: list(text, /[|,]/) };
}

/** Which verdicts may lead to the response, with commas between them. */
function verdictsOf(
  text: string | undefined,
  section: Element,
  { file, note }: Findings,
): { verdicts?: VerdictClass[] } {
  if (text === undefined) return {};
  const verdicts = list(text, /[|,\s]+/).map((name) => {
    const known = verdictClasses.find((one) => one === name);
    if (known) return known;
    const expected = `expected some of ${verdictClasses.join(", ")}`;
    throw refuse(file, section, `has the <verdict> "${name}", ${expected}`);
  });
  if (verdicts.length === 0)
    throw refuse(file, section, "has an empty <verdict>", "nobody would ever be blocked");
  if (verdicts.includes("unproven")) {
    note("blocks for what is unproven: whoever forges an address has it blocked", section);
  }
  return { verdicts };
}

function list(text: string | undefined, separator: RegExp): string[] {
  const items = (text ?? "").split(separator).map((item) => item.trim());
  return items.filter((item) => item !== "");
}
