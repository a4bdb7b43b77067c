import { whole } from "../../config/numbers.ts";
import { type Element, parseXml, refuse } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";
import type { CompositeSpec, RuleSpec } from "./spec.ts";
import { patternElements, sameElements } from "./subjects.ts";

/**
 * Reads one rule file in OSSEC's language. Throws a `Failure` with file, line, element, what was found and what was
 * expected; what the language has and Stockade does not is refused the same way, never left out in silence.
 */
export function readRules(text: string, file: string): RuleSpec[] {
  return parseXml(text, file).flatMap((group) => {
    const name = group.attributes["name"];
    if (group.name !== "group") throw refuse(file, group, "is no <group>");
    if (name === undefined) throw refuse(file, group, "has no name");
    return group.children.map((element) => readRule(element, name, file));
  });
}

const attributes = [
  "id",
  "level",
  "frequency",
  "timeframe",
  "ignore",
  "noalert",
  "overwrite",
  "accuracy",
];
const categories = ["syslog", "ids", "firewall", "web-log", "squid", "windows", "ossec"];
const ruleOptions = ["alert_by_email", "no_email_alert", "log_alert", "no_log", "no_ar"];

/** Elements that are read by name below, besides the patterns and the same_… ones. */
const elements = [
  "description",
  "group",
  "options",
  "category",
  "decoded_as",
  "if_sid",
  "if_group",
  "if_matched_sid",
  "if_matched_group",
  "info",
  "cve",
  "field",
];

function readRule(element: Element, groupName: string, file: string): RuleSpec {
  if (element.name !== "rule") throw refuse(file, element, "is no <rule>");
  for (const name of Object.keys(element.attributes)) {
    if (!attributes.includes(name)) {
      throw refuse(file, element, `has the attribute "${name}", which is not supported`);
    }
  }
  for (const child of element.children) checkChild(child, file);
  const number = (name: string, fallback: number, most: number) => {
    const value = element.attributes[name];
    return value === undefined ? fallback : attempt(element, file, () => whole(value, 0, most));
  };
  const id = number("id", -1, 99_999_999);
  const level = number("level", -1, 16);
  if (id < 0 || level < 0) throw refuse(file, element, "needs an id and a level");
  const text = (name: string) => concatenated(element, name);
  return {
    id,
    level,
    description: text("description")?.replace(/\s+/g, " ").trim() ?? "",
    groups: groupsOf(groupName, text("group")),
    ignore: number("ignore", 0, 999_999),
    noalert: "noalert" in element.attributes,
    overwrite: element.attributes["overwrite"] === "yes",
    options: optionsOf(element, file),
    category: categoryOf(element, file),
    decodedAs: text("decoded_as")?.trim(),
    ifSid: ids(element, "if_sid", file),
    ifGroup: text("if_group")?.trim(),
    patterns: patternsOf(element, file),
    composite: compositeOf(element, file, number),
    file,
    element,
  };
}

function checkChild(child: Element, file: string): void {
  const { name } = child;
  if (elements.includes(name) || name in patternElements || name in sameElements) return;
  throw refuse(file, child, "is not supported in a rule");
}

/** Several elements of one name are one text, without anything between: OSSEC's way. */
function concatenated(element: Element, name: string): string | undefined {
  const found = element.children.filter((child) => child.name === name);
  return found.length === 0 ? undefined : found.map((child) => child.text).join("");
}

function groupsOf(groupName: string, own: string | undefined): string[] {
  const names = `${groupName}${own ?? ""}`.split(",").map((name) => name.trim());
  return names.filter((name) => name !== "");
}

function optionsOf(element: Element, file: string): Set<string> {
  const found = element.children.filter((child) => child.name === "options");
  for (const option of found) {
    if (!ruleOptions.includes(option.text.trim())) {
      throw refuse(file, option, `is "${option.text}", expected ${ruleOptions.join(", ")}`);
    }
  }
  return new Set(found.map((option) => option.text.trim()));
}

function categoryOf(element: Element, file: string): Category | undefined {
  const found = element.children.findLast((child) => child.name === "category");
  const name = found?.text.trim();
  if (!found || name === undefined) return undefined;
  if (isCategory(name)) return name;
  throw refuse(file, found, `is "${name}", expected ${categories.join(", ")}`);
}

function isCategory(name: string): name is Category {
  return categories.includes(name);
}

function ids(element: Element, name: string, file: string): number[] {
  const found = concatenated(element, name)
    ?.split(/[,\s]+/)
    .filter((id) => id !== "");
  return (found ?? []).map((id) => attempt(element, file, () => whole(id, 1, 99_999_999)));
}

function patternsOf(element: Element, file: string) {
  const named = Object.keys(patternElements).flatMap((name) => {
    const pattern = concatenated(element, name);
    return pattern === undefined ? [] : [{ subject: patternElements[name] ?? name, pattern }];
  });
  const fields = element.children
    .filter((child) => child.name === "field")
    .map((child) => fieldPattern(child, file));
  return [...named, ...fields];
}

/** `<field name="x">` is written in OS_Regex; without classes and groups that is the same as OS_Match. */
function fieldPattern(child: Element, file: string) {
  const name = child.attributes["name"];
  if (!name) throw refuse(file, child, "has no name");
  if (/[\\()]/.test(child.text)) {
    throw refuse(file, child, `is "${child.text}": classes and groups are not supported`);
  }
  return { subject: `field:${name}`, pattern: child.text };
}

function compositeOf(
  element: Element,
  file: string,
  number: (name: string, fallback: number, most: number) => number,
): CompositeSpec | undefined {
  const [sid, ...more] = ids(element, "if_matched_sid", file);
  const group = concatenated(element, "if_matched_group")?.trim();
  const same = element.children.flatMap((child) => sameElements[child.name] ?? []);
  const frequency = number("frequency", 0, 9999);
  if (more.length > 0) throw refuse(file, element, "has more than one <if_matched_sid>");
  if (sid === undefined && group === undefined) {
    if (frequency === 0 && same.length === 0) return undefined;
    throw refuse(file, element, "counts, but has no <if_matched_sid> or <if_matched_group>");
  }
  return {
    frequency: Math.max(frequency, 1),
    timeframe: number("timeframe", 360, 99_999),
    target: sid !== undefined ? { sid } : { group: group ?? "" },
    same,
  };
}

function attempt<T>(element: Element, file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Failure) throw refuse(file, element, thrown.message, thrown.hint);
    throw thrown;
  }
}
