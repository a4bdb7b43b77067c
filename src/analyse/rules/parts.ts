import { type Element, refuse } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";
import { ignorable, listFields, listLookups } from "./elements.ts";
import { joined, lastOf, type Reading } from "./reading.ts";
import type { ListCondition, RuleSpec } from "./spec.ts";

export function groupsOf(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

const categories = ["syslog", "ids", "firewall", "web-log", "squid", "windows", "ossec"];

export function categoryOf(reading: Reading): Category | undefined {
  const found = lastOf(reading, "category");
  const name = found?.text.trim();
  if (!found || name === undefined) return undefined;
  if (isCategory(name)) return name;
  throw refuse(reading.file, found, `is "${name}", expected ${categories.join(", ")}`);
}

function isCategory(name: string): name is Category {
  return categories.includes(name);
}

const ruleOptions = ["alert_by_email", "no_email_alert", "log_alert", "no_log", "no_ar", "observe"];

/** One option an element, as OSSEC has it. */
export function optionsOf({ element, file }: Reading): Set<string> {
  const found = element.children.filter((child) => child.name === "options");
  for (const option of found) {
    if (!ruleOptions.includes(option.text.trim())) {
      throw refuse(file, option, `is "${option.text}", expected ${ruleOptions.join(", ")}`);
    }
  }
  return new Set(found.map((option) => option.text.trim()));
}

/** What `<ignore>` or `<check_if_ignored>` names: found anywhere in the text, as OSSEC has it. */
export function partsOf(reading: Reading, name: string): string[] {
  const text = joined(reading, name);
  if (text === undefined) return [];
  const parts = ignorable.filter((part) => text.includes(part));
  if (parts.length > 0) return parts;
  const element = lastOf(reading, name) ?? reading.element;
  throw refuse(reading.file, element, `is "${text}", expected some of ${ignorable.join(", ")}`);
}

export function listsOf({ element, file }: Reading): ListCondition[] {
  const found = element.children.filter((child) => child.name === "list");
  return found.map((child) => {
    const {
      field = "",
      lookup = "match_key",
      check_value: checkValue,
      ...others
    } = child.attributes;
    const [other] = Object.keys(others);
    if (other !== undefined) throw refuse(file, child, `has the attribute "${other}"`);
    expectOneOf(listFields, "field", field, child, file);
    expectOneOf(listLookups, "lookup", lookup, child, file);
    if (lookup.endsWith("_value") && checkValue === undefined) {
      throw refuse(file, child, `has lookup="${lookup}" without a check_value`);
    }
    return { path: child.text.trim(), field, lookup, checkValue, element: child };
  });
}

function expectOneOf(
  values: readonly string[],
  attribute: string,
  value: string,
  element: Element,
  file: string,
): void {
  if (values.includes(value)) return;
  throw refuse(file, element, `has ${attribute}="${value}", expected ${values.join(", ")}`);
}

const infoTypes = ["text", "link", "cve", "osvdb"];

/** OSSEC waits for ever at an unknown type; that is refused. */
export function detailsOf({ element, file }: Reading): RuleSpec["details"] {
  const found = element.children.filter(({ name }) => name === "info" || name === "cve");
  return found.map((child) => {
    const { type = child.name === "cve" ? "cve" : "text", ...others } = child.attributes;
    const [other] = Object.keys(others);
    if (other !== undefined) throw refuse(file, child, `has the attribute "${other}"`);
    expectOneOf(infoTypes, "type", type, child, file);
    return { type, text: child.text.trim() };
  });
}
