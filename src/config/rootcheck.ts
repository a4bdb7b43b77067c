import type { Findings } from "./findings.ts";
import { whole } from "./numbers.ts";
import type { rootcheckTexts } from "./reference/rootcheck.ts";
import { type RootcheckSwitch, type rootcheckSwitches, SignFile } from "./rootcheck-settings.ts";
import { pathPattern } from "./syscheck.ts";
import type { PathPattern } from "./syscheck-settings.ts";
import { absolutePath, text, yesNo } from "./values.ts";
import { type Element, refuse } from "./xml.ts";

/** `<rootcheck>` as the file words it; what is absent has its default in `Rootcheck`. */
export interface RootcheckDraft {
  off: RootcheckSwitch[];
  ignore: PathPattern[];
  rootkitFiles: string[];
  rootkitTrojans: string[];
  systemAudits: string[];
  [option: string]: unknown;
}

export function emptyRootcheck(): RootcheckDraft {
  return { off: [], ignore: [], rootkitFiles: [], rootkitTrojans: [], systemAudits: [] };
}

/** Reads one `<rootcheck>` into the draft: lists grow, the last of the others holds. */
export function readRootcheck(section: Element, draft: RootcheckDraft, findings: Findings): void {
  for (const option of section.children) {
    findings.attempt(() => {
      const read = Object.hasOwn(options, option.name) ? options[option.name] : undefined;
      const hint = `options are ${Object.keys(options).join(", ")}`;
      if (!read) throw refuse(findings.file, option, "is no option of <rootcheck>", hint);
      readOption(option, read, draft, findings);
    });
  }
}

type Option = (option: Element, draft: RootcheckDraft) => string | undefined;

function readOption(option: Element, read: Option, draft: RootcheckDraft, findings: Findings) {
  const [inner] = option.children;
  if (inner) throw refuse(findings.file, option, `holds <${inner.name}>, expected text`);
  const notice = findings.attempt(() => read(option, draft), option);
  if (notice !== undefined) findings.note(notice, option);
}

const byName: Readonly<Record<keyof typeof rootcheckTexts, Option>> = {
  disabled: set("disabled", yesNo),
  frequency: set("frequencySeconds", (value) => whole(value, 1, 999_999_999)),
  check_files: switching("check_files"),
  check_trojans: switching("check_trojans"),
  check_dev: switching("check_dev"),
  check_sys: switching("check_sys"),
  check_pids: switching("check_pids"),
  check_ports: switching("check_ports"),
  check_if: switching("check_if"),
  check_unixaudit: switching("check_unixaudit"),
  check_policy: switching("check_unixaudit"),
  rootkit_files: files("rootkitFiles"),
  rootkit_trojans: files("rootkitTrojans"),
  system_audit: files("systemAudits"),
  scanall: set("scanAll", yesNo),
  skip_nfs: set("skipNfs", yesNo),
  ignore: (option, draft) => {
    draft.ignore.push(pathPattern(option));
    return undefined;
  },
  base_directory: ({ text: value }) =>
    absolutePath(value.trim()) === "/" ? undefined : "has no effect: this server is looked at",
  readall: ({ text: value }) =>
    yesNo(value.trim()) ? "has no effect: <syscheck> reads files" : undefined,
  windows_audit: unused,
  windows_apps: unused,
  windows_malware: unused,
  check_winapps: unused,
  check_winaudit: unused,
  check_winmalware: unused,
};

/** The names of all its options. */
export const rootcheckOptions: readonly string[] = Object.keys(byName);

const options: Readonly<Record<string, Option>> = byName;

function set(name: string, read: (value: string) => unknown): Option {
  return ({ text: value }, draft) => {
    draft[name] = read(value.trim());
    return undefined;
  };
}

function switching(name: (typeof rootcheckSwitches)[number]): Option {
  return ({ text: value }, draft) => {
    const others = draft.off.filter((one) => one !== name);
    draft.off = yesNo(value.trim()) ? others : [...others, name];
    return undefined;
  };
}

/** OSSEC's own folder: there a path without a slash at its start begins. */
const ossecFolder = "/var/ossec";

function files(list: "rootkitFiles" | "rootkitTrojans" | "systemAudits"): Option {
  return ({ text: value }, draft) => {
    const path = text(value.trim());
    const whole = wholePath(path);
    if (!draft[list].includes(whole)) draft[list].push(whole);
    return whole === path ? undefined : `is "${path}": ${whole} is meant`;
  };
}

function wholePath(path: string): string {
  return path.startsWith("/") ? path : `${ossecFolder}/${path}`;
}

/** The files of signs that a `<rootcheck>` names, each with its place. */
export function signFilesIn({ children }: Element, file: string): SignFile[] {
  return children.flatMap(({ name, text: value, line }) => {
    const option = SignFile.shape.option.safeParse(name).data;
    const path = wholePath(value.trim());
    return option ? [{ option, path, at: `${file}:${line}` }] : [];
  });
}

function unused({ text: value }: Element): string | undefined {
  return value.trim() === "no" ? undefined : "has no effect: this is no Windows";
}
