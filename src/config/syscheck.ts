import { Failure } from "../core/failure.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Findings } from "./findings.ts";
import { whole } from "./numbers.ts";
import type { syscheckTexts } from "./reference/syscheck.ts";
import { readDirectories } from "./syscheck-directories.ts";
import type { PathPattern, WatchedDirectory } from "./syscheck-settings.ts";
import { daysIn, minutesIn } from "./syscheck-times.ts";
import { text, yesNo } from "./values.ts";
import { type Element, refuse } from "./xml.ts";

/** `<syscheck>` as the file words it; what is absent has its default in `Syscheck`. */
export interface SyscheckDraft {
  directories: WatchedDirectory[];
  ignore: PathPattern[];
  nodiff: PathPattern[];
  [option: string]: unknown;
}

/** Reads one `<syscheck>` into the draft: lists grow, the last of the others holds. */
export function readSyscheck(section: Element, draft: SyscheckDraft, findings: Findings): void {
  for (const option of section.children) {
    findings.attempt(() => {
      const read = Object.hasOwn(options, option.name) ? options[option.name] : undefined;
      const hint = `options are ${Object.keys(options).join(", ")}`;
      if (!read) throw refuse(findings.file, option, "is no option of <syscheck>", hint);
      readOption(option, read, draft, findings);
    });
  }
}

type Option = (option: Element, draft: SyscheckDraft, findings: Findings) => string | undefined;

function readOption(option: Element, read: Option, draft: SyscheckDraft, findings: Findings): void {
  const [inner] = option.children;
  if (inner) throw refuse(findings.file, option, `holds <${inner.name}>, expected text`);
  // What it refuses by itself names the place already.
  const notice =
    option.name === "directories"
      ? read(option, draft, findings)
      : findings.attempt(() => read(option, draft, findings), option);
  if (notice !== undefined) findings.note(notice, option);
}

const byName: Readonly<Record<keyof typeof syscheckTexts, Option>> = {
  disabled: set("disabled", yesNo),
  directories: (option, draft, findings) => {
    for (const read of readDirectories(option, findings)) {
      if (draft.directories.some(({ path }) => path === read.path)) {
        findings.note(`names ${read.path} once more: the first one holds, as in OSSEC`, option);
      } else draft.directories.push(read);
    }
    return undefined;
  },
  ignore: pattern("ignore"),
  nodiff: pattern("nodiff"),
  frequency: set("frequencySeconds", (value) => whole(value, 1, 999_999_999)),
  scan_time: set("scanTime", minutesIn),
  scan_day: set("scanDays", daysIn),
  scan_on_start: set("scanOnStart", yesNo),
  auto_ignore: (option, draft) => {
    draft["autoIgnore"] = yesNo(option.text.trim());
    return draft["autoIgnore"]
      ? "is yes: a file that changed three times is told of no more"
      : undefined;
  },
  alert_new_files: set("alertNewFiles", yesNo),
  skip_nfs: set("skipNfs", yesNo),
  max_files_per_second: set("filesPerSecond", (value) => whole(value, 0, 999_999)),
  max_megabytes_per_second: set("megabytesPerSecond", (value) => whole(value, 0, 999_999)),
  prefilter_cmd: (option, draft) => {
    const words = text(option.text.trim()).split(/\s+/);
    const sign = /[|&;<>()$`"'\\*?]/.exec(option.text)?.[0];
    // OSSEC hands it to a shell, which sees names of files that an attacker made up.
    if (sign !== undefined) return `is not run: "${sign}" is for a shell, and there is none`;
    if (!words[0]?.startsWith("/"))
      throw new Failure(`is "${words[0]}", expected an absolute path`);
    draft["prefilterCommand"] = words;
    return undefined;
  },
  windows_registry: unused,
  registry_ignore: unused,
};

/** The names of all its options. */
export const syscheckOptions: readonly string[] = Object.keys(byName);

const options: Readonly<Record<string, Option>> = byName;

function set(name: string, read: (value: string) => unknown): Option {
  return ({ text: value }, draft) => {
    draft[name] = read(value.trim());
    return undefined;
  };
}

function unused(): string {
  return "has no effect: there is no registry";
}

function pattern(list: "ignore" | "nodiff"): Option {
  return (option, draft) => {
    draft[list].push(pathPattern(option));
    return undefined;
  };
}

/** What `<ignore>` and its like say. Throws a `Failure`. */
export function pathPattern({ text: value, attributes }: Element): PathPattern {
  const { type, ...others } = attributes;
  const [unknown] = Object.keys(others);
  if (unknown) throw new Failure(`has the attribute "${unknown}", expected none but type`);
  if (type !== undefined && type !== "sregex")
    throw new Failure(`has the type "${type}", expected sregex`);
  const source = text(value.trim());
  if (type === "sregex") compilePattern("match", source);
  else if (!source.startsWith("/")) {
    const hint = 'it is how a path begins; type="sregex" matches anywhere in it';
    throw new Failure(`is "${source}", expected an absolute path`, { hint });
  }
  return { kind: type ?? "prefix", pattern: source };
}
