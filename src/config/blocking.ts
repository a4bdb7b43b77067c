import { maxBlockSeconds } from "../core/block.ts";
import { Failure } from "../core/failure.ts";
import type { Findings } from "./findings.ts";
import { ruleIds, whole } from "./numbers.ts";
import type { Draft } from "./options.ts";
import { yesNo } from "./values.ts";
import { type Element, refuse } from "./xml.ts";

/** Reads what `<active-response>` says of all responses. Mistakes are left with `findings`. */
export function readBlocking(all: readonly Element[], findings: Findings): Draft {
  const draft: Draft = {};
  for (const section of all.filter(speaks)) {
    for (const option of section.children) {
      findings.attempt(() => readOption(option, section, draft, findings));
    }
  }
  findings.attempt(() => refuseBoth(all, draft, findings));
  return draft;
}

function refuseBoth(all: readonly Element[], draft: Draft, { file }: Findings): void {
  if (draft["minutes"] === undefined || draft["multiplier"] === undefined) return;
  const options = all.filter(speaks).flatMap(({ children }) => children);
  const option = options.find(({ name }) => name === "repeated_multiplier");
  const hint = "either the minutes of each block, or how many times as long as the last one it is";
  if (option) throw refuse(file, option, "stands beside <repeated_offenders>, expected one", hint);
}

/** OSSEC's way to say something of all responses: a section without a command. */
export function saysSomethingOfAll({ children }: Element): boolean {
  return children.length > 0 && children.every(isOfAll);
}

function isOfAll({ name }: Element): boolean {
  return Object.hasOwn(ofAll, name) || name === "disabled";
}

/** What may be said of all responses. Returns a notice, where the admin should know something. */
type OfAll = (option: Element, draft: Draft) => string | undefined;

const ofAll: Readonly<Record<string, OfAll>> = {
  observe: ({ text }, draft) => {
    const isOn = yesNo(text.trim());
    draft["observe"] = isOn;
    return isOn ? "is yes: nobody is blocked, who would have been is only told" : undefined;
  },
  observe_rules: ({ text }, draft) => {
    const read = ruleIds(text);
    const before = draft["observeRules"];
    draft["observeRules"] = Array.isArray(before) ? [...before, ...read] : read;
    return undefined;
  },
  repeated_offenders: ({ text }, draft) => {
    const minutes = minutesIn(text.trim());
    const first = draft["minutes"];
    draft["minutes"] ??= minutes;
    if (first === undefined || JSON.stringify(first) === JSON.stringify(minutes)) return undefined;
    return "has no effect: the first one in the file holds for all, as in OSSEC";
  },
  repeated_multiplier: seconds("multiplier", 100),
  repeated_maximum: seconds("maximumSeconds", maxBlockSeconds),
  repeated_forgiven: seconds("forgivenSeconds", 31_536_000),
};

function seconds(name: string, most: number): OfAll {
  return ({ text }, draft) => {
    draft[name] = whole(text.trim(), 1, most);
    return undefined;
  };
}

function minutesIn(text: string): number[] {
  if (!/^\d+(\s*,\s*\d+)*$/.test(text)) {
    throw new Failure(`is "${text}", expected minutes, with a comma between them`);
  }
  return text.split(",").map((one) => whole(one.trim(), 1, Math.floor(maxBlockSeconds / 60)));
}

function readOption(option: Element, section: Element, draft: Draft, findings: Findings): void {
  const read = Object.hasOwn(ofAll, option.name) ? ofAll[option.name] : undefined;
  if (!read) return;
  // OSSEC takes it for all of them wherever it stands.
  if (!saysSomethingOfAll(section) && option.name !== "repeated_offenders") {
    // Of the one response; see `readActiveResponses`.
    if (option.name === "observe") return;
    const hint = "give it an <active-response> of its own, without a <command>";
    throw refuse(findings.file, option, "stands beside a <command>, and means all of them", hint);
  }
  const notice = findings.attempt(() => read(option, draft), option);
  if (notice !== undefined) findings.note(notice, option);
}

function speaks({ name, children }: Element): boolean {
  const disabled = children.findLast((child) => child.name === "disabled");
  return name === "active-response" && disabled?.text.trim() !== "yes";
}
