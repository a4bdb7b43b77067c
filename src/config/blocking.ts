import type { Findings } from "./findings.ts";
import { whole } from "./numbers.ts";
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
  return draft;
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
    const ids = text.split(/[,\s]+/).filter((id) => id !== "");
    const before = draft["observeRules"];
    const read = ids.map((id) => whole(id, 1, 99_999_999));
    draft["observeRules"] = Array.isArray(before) ? [...before, ...read] : read;
    return undefined;
  },
  // Where it stands makes no difference to OSSEC; see `readActiveResponses`.
  repeated_offenders: () => undefined,
};

/** These mean the one response where there is one. */
const ofOneToo = ["observe", "repeated_offenders"];

function readOption(option: Element, section: Element, draft: Draft, findings: Findings): void {
  const read = Object.hasOwn(ofAll, option.name) ? ofAll[option.name] : undefined;
  if (!read) return;
  if (!saysSomethingOfAll(section)) {
    if (ofOneToo.includes(option.name)) return;
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
