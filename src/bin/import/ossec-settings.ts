import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expand } from "../../collect/locations/expand.ts";
import { isFollowedLog, type LocalFile } from "../../config/local-file.ts";
import { readTwice } from "../../config/read-twice.ts";
import { readSections } from "../../config/sections.ts";
import type { Settings } from "../../config/settings.ts";
import type { Element } from "../../config/xml.ts";
import { Failure } from "../../core/failure.ts";
import { already, type Item, left, taken } from "./item.ts";
import { elementText } from "./settings-text.ts";

/** What of an `ossec.conf` was taken, as sections of ours, and what became of each part. */
interface Taken {
  readonly items: readonly Item[];
  readonly sections: readonly string[];
}

/**
 * Takes from the sections of an `ossec.conf` what has an effect here and is not so already. Every option is read by the
 * code that reads the settings, so what that refuses or does not do is left, with its words for the reason.
 */
export function takeSettings(all: readonly Element[], file: string, current: Settings): Taken {
  const commands = all.filter(({ name }) => name === "command");
  const trial: Trial = { file, commands, current };
  const results = all.flatMap((section): Result[] => {
    if (section.name === "rules" || section.name === "command") return [];
    if (section.name === "global" || section.name === "alerts") return optionsOf(section, trial);
    if (section.name === "localfile") return [logOf(section, trial)];
    return [sectionOf(section, trial)];
  });
  const responses = results.filter(({ section }) => section?.name === "active-response");
  const used = commands.filter((command) =>
    responses.some(
      ({ section }) => section && nameIn(section, "command") === nameIn(command, "name"),
    ),
  );
  const sections = results.flatMap(({ section }) => (section ? [section] : []));
  return {
    items: [...results.map(({ item }) => item), ...used.map((one) => commandItem(one, file))],
    sections: [...used, ...sections].map((section) => elementText(section, "  ")),
  };
}

interface Trial {
  readonly file: string;
  readonly commands: readonly Element[];
  readonly current: Settings;
}

/** What becomes of a part; `section` is what is taken of it. */
interface Result {
  readonly item: Item;
  readonly section?: Element;
}

/** What OSSEC's installer writes and means nothing to us, or would do harm. */
const better: Readonly<Record<string, string>> = {
  email_from: "the relay takes only senders of its own domain; the settings here have one",
  smtp_server: "mail goes through Postfix on this server",
  ossec_compatible: "stockade import ossec --ruleset takes OSSEC's way of judging, with its rules",
  memory_size: "counters have their own bound",
};

function optionsOf(section: Element, trial: Trial): Result[] {
  return section.children.map((option) => {
    const what = `<${option.name}>${option.text.trim()}`;
    const at = `${trial.file}:${option.line}`;
    const because = better[option.name] ?? soAlready(option, trial.current);
    if (because !== undefined) return { item: left(what, at, because) };
    return tried({ ...section, text: "", children: [option] }, what, at, trial);
  });
}

/** Why an option changes nothing; undefined where it does. */
function soAlready({ name, text }: Element, { global, alerts }: Settings): string | undefined {
  const value = text.trim();
  const isSo: Readonly<Record<string, () => boolean>> = {
    white_list: () => global.whiteList.includes(value.replace(/^\^|\$$/g, "")),
    allow_list: () => global.whiteList.includes(value),
    email_to: () => global.emailTo.includes(value),
    email_maxperhour: () => Number(value) === global.emailMaxPerHour,
    log_alert_level: () => Number(value) === alerts.logLevel,
    email_alert_level: () => Number(value) === alerts.emailLevel,
    email_notification: () => value === (global.emailNotification ? "yes" : "no"),
  };
  if (isSo[name]?.()) return already;
  if (/^(127\.|::1$|\^?localhost)/.test(value))
    return "this server's own names and addresses are never blocked";
  const isUsual = name === "email_alert_level" && value === "7";
  return isUsual ? `OSSEC's default; here mail begins at ${alerts.emailLevel}` : undefined;
}

function logOf(section: Element, trial: Trial): Result {
  const location = nameIn(section, "location") || nameIn(section, "command");
  const what = `<localfile>${location}`;
  const at = `${trial.file}:${section.line}`;
  const result = tried(section, what, at, trial);
  const [log] = result.section ? logsIn(section, trial.file) : [];
  if (!log || !isFollowedLog(log) || log.logFormat === "journald") return result;
  const because = notToRead(log, trial.current.localFiles);
  return because === undefined ? result : { item: left(what, at, because) };
}

function logsIn(section: Element, file: string): readonly LocalFile[] {
  return readSections([settingsOf([section])], file).draft.localFiles;
}

const mostFiles = 1000;

function notToRead(log: LocalFile, known: readonly LocalFile[]): string | undefined {
  const now = new Date();
  const filesOf = (one: LocalFile) =>
    isFollowedLog(one) && one.logFormat !== "journald"
      ? expand(one.location, now, [], mostFiles)
      : [];
  const files = filesOf(log).filter((path) => existsSync(path));
  if (files.length === 0) return "is not there";
  const read = new Set(known.flatMap(filesOf));
  if (files.every((path) => read.has(path))) return already;
  return readTwice(log, known);
}

function sectionOf(section: Element, trial: Trial): Result {
  const named = nameIn(section, "command");
  const what = `<${section.name}>${named}`;
  return tried(section, what, `${trial.file}:${section.line}`, trial);
}

/** Whether the settings' own reader makes anything of it. */
function tried(section: Element, what: string, at: string, { file, commands }: Trial): Result {
  const isResponse = section.name === "active-response";
  const before = isResponse ? commands : [];
  try {
    const { draft, notices } = readSections([settingsOf([...before, section])], file);
    const told = notices
      .filter(({ message }) => message.startsWith("<"))
      .map(({ message }) => message);
    const without = readSections([settingsOf(before)], file).draft;
    if (isDeepStrictEqual(draft, without)) return { item: left(what, at, told[0] ?? already) };
    return { item: taken(what, at, told[0]), section };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { item: left(what, at, thrown.message.replace(`${file}:`, "line ")) };
  }
}

function settingsOf(children: readonly Element[]): Element {
  return { name: "stockade_config", attributes: {}, text: "", children, line: 1 };
}

function nameIn({ children }: Element, option: string): string {
  return children.findLast(({ name }) => name === option)?.text.trim() ?? "";
}

function commandItem(command: Element, file: string): Item {
  const executable = nameIn(command, "executable");
  const at = `${file}:${command.line}`;
  const isOwn = !/^(host-deny|firewall-drop|disable-account)(\.sh)?$/.test(executable);
  const because = isOwn
    ? `it runs as root: look at ${executable}, then put it into /etc/stockade/active-response/bin`
    : undefined;
  return taken(`<command>${nameIn(command, "name")}`, at, because);
}
