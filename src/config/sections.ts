import { Failure } from "../core/failure.ts";
import { readBlocking } from "./blocking.ts";
import { type Findings, openFindings } from "./findings.ts";
import type { LocalFile } from "./local-file.ts";
import { readLocalFile } from "./local-files.ts";
import {
  alertsOptions,
  breakerOptions,
  type Draft as Drafted,
  globalOptions,
  type Option,
} from "./options.ts";
import { readActiveResponses } from "./responses.ts";
import { emptyRootcheck, type RootcheckDraft, readRootcheck, signFilesIn } from "./rootcheck.ts";
import type { SignFile } from "./rootcheck-settings.ts";
import { readRulesSection } from "./rules-section.ts";
import { readSyscheck, type SyscheckDraft } from "./syscheck.ts";
import { withDefaults } from "./syscheck-defaults.ts";
import { unsupported } from "./unsupported.ts";
import { type Element, refuse } from "./xml.ts";

/** The settings as the file words them, not yet checked as a whole. */
interface Draft {
  readonly global: Drafted;
  readonly alerts: Drafted;
  rules: unknown[];
  localFiles: LocalFile[];
  activeResponses: unknown[];
  customResponses: unknown[];
  commands: unknown[];
  blocking: Drafted;
  readonly breaker: Drafted;
  syscheck: SyscheckDraft;
  readonly rootcheck: RootcheckDraft;
  signFiles: SignFile[];
}

const roots = ["stockade_config", "ossec_config"];

/**
 * Collects the sections of all roots in file order: lists grow, the last scalar wins, as OSSEC has it. A section may also
 * stand at the top of the file. Every unknown section and option and every wrong value is told in one `Failure`.
 */
export function readSections(tree: readonly Element[], file: string) {
  if (tree.length === 0) {
    throw new Failure(`${file}:1: the file is empty`, {
      hint: "nothing would be read and nobody blocked; remove it and run the installer again",
    });
  }
  const draft: Draft = {
    global: {},
    alerts: {},
    rules: [],
    localFiles: [],
    activeResponses: [],
    customResponses: [],
    commands: [],
    blocking: {},
    breaker: {},
    syscheck: { directories: [], ignore: [], nodiff: [] },
    rootcheck: emptyRootcheck(),
    signFiles: [],
  };
  const findings = openFindings(file);
  const all = tree.flatMap((root) => (roots.includes(root.name) ? root.children : [root]));
  for (const section of new Set([...tree, ...all])) noteStrayText(section, findings);
  for (const section of all) findings.attempt(() => readSection(section, draft, findings));
  const compatible = draft.global["ossecCompatible"] === true;
  Object.assign(draft, readActiveResponses(all, findings, compatible));
  draft.blocking = readBlocking(all, findings);
  draft.syscheck = withDefaults(draft.syscheck);
  noteWhatIsMissing(all, draft, findings);
  findings.refuseMistakes();
  return { draft, notices: findings.notices };
}

/** What each section is read by. */
const sections: Readonly<
  Record<string, (section: Element, draft: Draft, findings: Findings) => void>
> = {
  global: (section, draft, findings) => readOptions(section, globalOptions, draft.global, findings),
  alerts: (section, draft, findings) => readOptions(section, alertsOptions, draft.alerts, findings),
  rules: (section, draft, findings) => {
    draft.rules.push(...readRulesSection(section, findings));
  },
  localfile: (section, draft, findings) => readLocalFile(section, draft.localFiles, findings),
  // The responses are read when all commands are known, wherever they stand.
  command: () => {},
  "active-response": () => {},
  circuit_breaker: (section, draft, findings) =>
    readOptions(section, breakerOptions, draft.breaker, findings),
  syscheck: (section, draft, findings) => readSyscheck(section, draft.syscheck, findings),
  rootcheck: (section, draft, findings) => {
    readRootcheck(section, draft.rootcheck, findings);
    draft.signFiles.push(...signFilesIn(section, findings.file));
  },
  ...Object.fromEntries(Object.keys(unsupported).map((name) => [name, noteUnsupported])),
};

function readSection(section: Element, draft: Draft, findings: Findings): void {
  const read = Object.hasOwn(sections, section.name) ? sections[section.name] : undefined;
  const names = Object.keys(sections).join(", ");
  if (!read) throw refuse(findings.file, section, "is no section", `sections are ${names}`);
  read(section, draft, findings);
}

function readOptions(
  section: Element,
  options: Readonly<Record<string, Option>>,
  draft: Drafted,
  findings: Findings,
): void {
  for (const option of section.children) {
    const read = findings.attempt(() => known(option, section.name, options, findings.file));
    if (!read) continue;
    const notice = findings.attempt(() => read(plainText(option), draft), option);
    if (notice !== undefined) findings.note(notice, option);
  }
}

function known<T>(
  option: Element,
  section: string,
  options: Readonly<Record<string, T>>,
  file: string,
): T | undefined {
  if (!Object.hasOwn(options, option.name)) {
    const names = Object.keys(options).join(", ");
    throw refuse(file, option, `is no option of <${section}>`, `options are ${names}`);
  }
  return options[option.name];
}

function plainText({ text, children: [inner] }: Element): string {
  if (inner) throw new Failure(`holds <${inner.name}>, expected text`);
  return text.trim();
}

function noteUnsupported(section: Element, _draft: Draft, findings: Findings): void {
  const { without, options } = unsupported[section.name] ?? { without: "", options: [] };
  const table = Object.fromEntries(options.map((name) => [name, name]));
  for (const option of section.children) {
    findings.attempt(() => known(option, section.name, table, findings.file));
  }
  findings.note(`is not supported yet: ${without}`, section);
}

/** OSSEC reads nothing there either, and does not say so. */
function noteStrayText(element: Element, findings: Findings): void {
  const stray = element.children.length > 0 ? element.text.trim() : "";
  if (stray !== "")
    findings.note(`holds text that means nothing: "${stray.slice(0, 40)}"`, element);
}

function noteWhatIsMissing(all: readonly Element[], draft: Draft, findings: Findings): void {
  const memorySize = all
    .flatMap(({ name, children }) => (name === "global" ? children : []))
    .find(({ name }) => name === "memory_size");
  if (memorySize && draft.global["ossecCompatible"] !== true) {
    findings.note("counts only with <ossec_compatible>: counters have their own bound", memorySize);
  }
  if (draft.localFiles.length === 0) {
    findings.note("no <localfile> that can be read: no log is watched");
  }
  if (draft.activeResponses.length === 0) {
    findings.note("no <active-response>: nobody is ever blocked");
  }
}
