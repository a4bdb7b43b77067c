import { Failure } from "../core/failure.ts";
import { parseNetwork } from "../core/network.ts";
import { whole } from "./numbers.ts";
import { readActiveResponses } from "./responses.ts";
import { type Element, type Notice, refuse } from "./xml.ts";

/** The settings as the file words them, not yet checked as a whole. */
type Draft = Record<"global" | "alerts", Record<string, unknown>> & {
  localFiles: unknown[];
  activeResponses: unknown[];
};

/** Sections of OSSEC that mean nothing here yet, and what their absence means for the admin. */
const notYet: Readonly<Record<string, string>> = {
  syscheck: "file integrity is not watched",
  rootcheck: "rootkits are not looked for",
  rules: "the shipped rules and those in /etc/stockade/rules are read",
  email_alerts: "mail goes to <global><email_to> only",
  remote: "no agents are listened to",
  client: "no server is reported to",
  reports: "no daily reports are made",
  database_output: "alerts are not written to a database",
  syslog_output: "alerts are not sent to a syslog server",
  agentless: "no agentless checks are run",
  integration: "no integration is called",
};

const roots = ["stockade_config", "ossec_config"];
const sections = ["global", "alerts", "localfile", "active-response", "command"];

/**
 * Collects the sections of all roots in file order: lists grow, the last scalar wins, as OSSEC has it.
 * A section may also stand at the top of the file. Throws a `Failure` on an unknown section or option.
 */
export function readSections(tree: readonly Element[], file: string) {
  if (tree.length === 0) {
    throw new Failure(`${file} is empty`, {
      hint: "nothing would be read and nobody blocked; remove it and run the installer again",
    });
  }
  const draft: Draft = { global: {}, alerts: {}, localFiles: [], activeResponses: [] };
  const notices: Notice[] = [];
  const all = tree.flatMap((root) => (roots.includes(root.name) ? root.children : [root]));
  for (const section of all) readSection(section, file, draft, notices);
  draft.activeResponses = readActiveResponses(all, file, notices);
  const nothing = (message: string) => notices.push({ file, line: 1, message });
  if (draft.localFiles.length === 0) nothing("no <localfile> that can be read: no log is watched");
  if (draft.activeResponses.length === 0) nothing("no <active-response>: nobody is ever blocked");
  return { draft, notices };
}

function readSection(section: Element, file: string, draft: Draft, notices: Notice[]): void {
  const { name, line } = section;
  const without = notYet[name];
  if (without !== undefined) {
    notices.push({ file, line, message: `<${name}> is not supported yet: ${without}` });
  } else if (name === "localfile") {
    readLocalFile(section, file, draft, notices);
  } else if (name === "global" || name === "alerts") {
    for (const option of section.children) readOption(name, option, file, draft, notices);
  } else if (!sections.includes(name)) {
    throw refuse(file, section, "is no section", `sections are ${sections.join(", ")}`);
  }
}

/** What each option of `<global>` and `<alerts>` becomes. */
const options: Readonly<Record<string, (draft: Draft, value: string) => void>> = {
  "global.email_notification": (draft, value) => {
    draft.global["emailNotification"] = yesNo(value);
  },
  "global.email_to": (draft, value) => push(draft.global, "emailTo", mailAddress(value)),
  "global.email_from": (draft, value) => {
    draft.global["emailFrom"] = mailAddress(value);
  },
  "global.smtp_server": (draft, value) => {
    draft.global["smtpServer"] = value;
  },
  "global.email_maxperhour": (draft, value) => {
    draft.global["emailMaxPerHour"] = whole(value, 1, 9999);
  },
  "global.white_list": (draft, value) => push(draft.global, "whiteList", whiteListed(value)),
  "global.allow_list": (draft, value) => push(draft.global, "whiteList", whiteListed(value)),
  "alerts.log_alert_level": (draft, value) => {
    draft.alerts["logLevel"] = whole(value, 0, 16);
  },
  "alerts.email_alert_level": (draft, value) => {
    draft.alerts["emailLevel"] = whole(value, 0, 16);
  },
};

/** Options OSSEC has in these sections and Stockade has no use for. */
const ignored: Readonly<Record<string, string>> = {
  "global.helo_server": "Postfix introduces this server",
  "global.email_reply_to": "answers go to the sender",
  "global.email_idsname": "the header X-IDS-OSSEC is not written",
  "global.logall": "lines that raise no alert are not kept",
  "global.logall_json": "lines that raise no alert are not kept",
  "global.jsonout_output": "alerts.json is always written",
  "global.stats": "no statistics alert is raised",
  "global.memory_size": "counters have their own bound",
  "global.integrity_checking": "OSSEC does not use it either",
  "global.rootkit_detection": "OSSEC does not use it either",
  "global.host_information": "OSSEC does not use it either",
  "alerts.use_geoip": "addresses are not looked up in a map",
};

function readOption(
  section: "global" | "alerts",
  option: Element,
  file: string,
  draft: Draft,
  notices: Notice[],
): void {
  const key = `${section}.${option.name}`;
  const because = ignored[key];
  if (because !== undefined) {
    const message = `<${option.name}> has no effect: ${because}`;
    notices.push({ file, line: option.line, message });
    return;
  }
  const set = options[key];
  if (!set) throw refuse(file, option, `is no option of <${section}>`);
  checked(file, option, (value) => set(draft, value));
}

/** What OSSEC knows in a `<localfile>`; the last five change nothing for the formats that are read. */
const localFileOptions = [
  "location",
  "log_format",
  "command",
  "alias",
  "frequency",
  "only-future-events",
  "query",
];

function readLocalFile(section: Element, file: string, draft: Draft, notices: Notice[]): void {
  const found = new Map<string, string>();
  for (const option of section.children) {
    if (!localFileOptions.includes(option.name)) {
      throw refuse(file, option, "is no option of <localfile>");
    }
    found.set(option.name, option.text.trim());
  }
  const location = found.get("location") || found.get("command");
  const format = found.get("log_format");
  if (!location) throw refuse(file, section, "has no <location>");
  if (!format) throw refuse(file, section, "has no <log_format>");
  const logFormat = format === "generic" ? "syslog" : format;
  if (["syslog", "snort-fast", "journald"].includes(logFormat)) {
    draft.localFiles.push({ location, logFormat });
    return;
  }
  const message = `log format "${format}" is not supported yet: ${location} is not read`;
  notices.push({ file, line: section.line, message });
}

/** Runs `set` on the element's text; a `Problem` it throws is told with file and line. */
function checked(file: string, element: Element, set: (value: string) => void): void {
  try {
    set(element.text.trim());
  } catch (thrown) {
    if (thrown instanceof Failure) throw refuse(file, element, thrown.message, thrown.hint);
    throw thrown;
  }
}

function push(target: Record<string, unknown>, key: string, value: string): void {
  const list = target[key];
  target[key] = Array.isArray(list) ? [...list, value] : [value];
}

function yesNo(value: string): boolean {
  if (value === "yes" || value === "no") return value === "yes";
  throw new Failure(`is "${value}", expected yes or no`);
}

function mailAddress(value: string): string {
  if (/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(value)) return value;
  throw new Failure(`is "${value}", expected one mail address`);
}

function whiteListed(value: string): string {
  // OSSEC's own file anchors a name: "^localhost.localdomain$". The last part of a name is never a number (RFC 3696).
  const name = value.replace(/^\^|\$$/g, "");
  const isName = /^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?\.?$/i.test(name);
  if (parseNetwork(value)) return value;
  if (isName) return name;
  throw new Failure(`is "${value}", expected an address, a network (192.0.2.0/24) or a host name`);
}
