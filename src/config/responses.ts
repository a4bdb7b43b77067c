import { ResponseName } from "../core/block.ts";
import { Failure } from "../core/failure.ts";
import { whole } from "./numbers.ts";
import { type Element, type Notice, refuse } from "./xml.ts";

/**
 * Reads `<command>` and `<active-response>`. The responses `firewall-drop` and `host-deny` need no `<command>`; one that
 * is given may rename them, as in OSSEC (`<executable>host-deny.sh</executable>`). A command with another executable
 * leads to a notice, and so does each response that wants it. Throws a `Failure` with file and line.
 */
export function readActiveResponses(
  sections: readonly Element[],
  file: string,
  notices: Notice[],
): unknown[] {
  const commands = new Map<string, ResponseName | undefined>(
    ResponseName.options.map((name) => [name, name]),
  );
  for (const section of sections) {
    if (section.name === "command") readCommand(section, file, commands, notices);
  }
  return sections
    .filter((section) => section.name === "active-response")
    .flatMap((section) => readResponse(section, file, commands, notices));
}

function readCommand(
  section: Element,
  file: string,
  commands: Map<string, ResponseName | undefined>,
  notices: Notice[],
): void {
  const options = read(section, file, ["name", "executable", "expect", "timeout_allowed"]);
  const name = options.get("name");
  const executable = options.get("executable") ?? "";
  if (!name) throw refuse(file, section, "has no <name>");
  const response = ResponseName.safeParse(executable.replace(/\.sh$/, "")).data;
  if (!response) {
    const known = ResponseName.options.map((option) => `${option}.sh`).join(" and ");
    const message = `executable "${executable}" is not run: Stockade has ${known}`;
    notices.push({ file, line: section.line, message });
  }
  commands.set(name, response);
}

const responseOptions = [
  "command",
  "location",
  "level",
  "rules_id",
  "rules_group",
  "timeout",
  "disabled",
  "agent_id",
  "repeated_offenders",
];

function readResponse(
  section: Element,
  file: string,
  commands: ReadonlyMap<string, ResponseName | undefined>,
  notices: Notice[],
): unknown[] {
  const options = read(section, file, responseOptions);
  if (options.get("disabled") === "yes") return [];
  const command = options.get("command") ?? "";
  // OSSEC's way to set the list for all of them: a section with nothing else.
  if (!options.has("command") && options.has("repeated_offenders")) {
    const message = "<repeated_offenders> is not supported yet: blocks last for <timeout>";
    notices.push({ file, line: section.line, message });
    return [];
  }
  if (!commands.has(command)) {
    throw refuse(file, section, `names the command "${command}", which is not defined`);
  }
  const notice = (message: string) => {
    notices.push({ file, line: section.line, message: `active response "${command}" ${message}` });
    return [];
  };
  if (options.has("repeated_offenders")) {
    notice("blocks for <timeout> each time: <repeated_offenders> is not supported yet");
  }
  const location = options.get("location") ?? "local";
  if (!locations.includes(location)) {
    throw refuse(file, section, `has the location "${location}", expected local`);
  }
  if (location === "defined-agent") return notice("is not run: there are no agents");
  const response = commands.get(command);
  if (!response) return notice("is not run: its command is not supported");
  return [{ response, ...conditions(section, file, options) }];
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

/** OSSEC's time-out when none is given is "for ever"; Stockade never blocks for ever. */
const defaultSeconds = "600";

function conditions(section: Element, file: string, options: ReadonlyMap<string, string>) {
  const level = options.get("level");
  const ids = list(options.get("rules_id"), /[,\s]+/);
  const ruleGroups = list(options.get("rules_group"), /[|,]/);
  try {
    if (level === undefined && ids.length + ruleGroups.length === 0) {
      throw new Failure("would never run", { hint: "add <level>, <rules_id> or <rules_group>" });
    }
    return {
      ...(level !== undefined && { level: whole(level, 0, 16) }),
      ruleIds: ids.map((id) => whole(id, 1, 99_999_999)),
      ruleGroups,
      seconds: whole(options.get("timeout") ?? defaultSeconds, 1, 2_147_483),
    };
  } catch (thrown) {
    if (thrown instanceof Failure) throw refuse(file, section, thrown.message, thrown.hint);
    throw thrown;
  }
}

function read(section: Element, file: string, known: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of section.children) {
    if (!known.includes(option.name)) {
      throw refuse(file, option, `is no option of <${section.name}> that Stockade knows`);
    }
    options.set(option.name, option.text.trim());
  }
  return options;
}

function list(text: string | undefined, separator: RegExp): string[] {
  const items = (text ?? "").split(separator).map((item) => item.trim());
  return items.filter((item) => item !== "");
}
