import { expandVariables } from "../../config/variables.ts";
import { parseXml, refuse } from "../../config/xml.ts";
import { mapAll } from "../../core/failure.ts";
import { compositeOf } from "./composite.ts";
import { commonOf, otherElements, textElements } from "./elements.ts";
import { parentsOf } from "./parents.ts";
import { categoryOf, detailsOf, groupsOf, listsOf, optionsOf, partsOf } from "./parts.ts";
import { joined, lastOf, numbersOf, type Reading } from "./reading.ts";
import type { RuleSpec } from "./spec.ts";
import { textsOf } from "./texts.ts";

/**
 * Reads one rule file in OSSEC's language. Throws a `Failure` with file, line, element, what was found and what was
 * expected, of each rule the first mistake; what the language does not have is refused the same way, never left out in
 * silence. `compatible` reads
 * numbers, trailing commas and elements of one name as OSSEC 4.3 does.
 */
export function readRules(text: string, file: string, compatible = false): RuleSpec[] {
  const groups = mapAll(expandVariables(parseXml(text, file), file), (group) => {
    if (group.name !== "group") throw refuse(file, group, "is no <group>");
    const groupName = group.attributes["name"];
    if (groupName === undefined) throw refuse(file, group, "has no name");
    if (group.children.length === 0) throw refuse(file, group, "has no rules");
    return mapAll(group.children, (element) => readRule({ element, file, compatible }, groupName));
  });
  return groups.flat();
}

const attributes = [
  "id",
  "level",
  "maxsize",
  "timeframe",
  "frequency",
  "accuracy",
  "noalert",
  "ignore",
  "overwrite",
];

function readRule(reading: Reading, groupName: string): RuleSpec {
  const { element, file } = reading;
  if (element.name !== "rule") throw refuse(file, element, "is no <rule>");
  if (element.children.length === 0) throw refuse(file, element, "is empty");
  checkNames(reading);
  const number = numbersOf(reading);
  const id = number("id");
  const level = number("level");
  if (id === undefined || level === undefined) {
    throw refuse(file, element, "needs an id and a level");
  }
  const composite = compositeOf(reading, number);
  return {
    id,
    level,
    ...namesOf(reading, groupName),
    maxSize: number("maxsize") ?? 0,
    ignore: number("ignore") ?? 0,
    isLast: number("accuracy") === 0,
    noalert: "noalert" in element.attributes,
    overwrite: overwriteOf(reading),
    options: optionsOf(reading),
    category: categoryOf(reading),
    parents: parentsOf(reading, composite?.target),
    decodedAs: lastOf(reading, "decoded_as")?.text.trim(),
    texts: textsOf(reading),
    ...conditionsOf(reading),
    composite,
    details: detailsOf(reading),
    file,
    element,
  };
}

function namesOf(reading: Reading, groupName: string) {
  const groupText = `${groupName}${joined(reading, "group") ?? ""}`;
  return {
    description: joined(reading, "description")?.replace(/\s+/g, " ").trim() ?? "",
    groups: groupsOf(groupText),
    groupText,
  };
}

function conditionsOf(reading: Reading) {
  const all = (name: string) =>
    reading.element.children
      .filter((child) => child.name === name)
      .map((child) => child.text.trim());
  return {
    srcip: all("srcip"),
    dstip: all("dstip"),
    time: lastOf(reading, "time")?.text,
    weekday: lastOf(reading, "weekday")?.text,
    compiledRule: lastOf(reading, "compiled_rule")?.text.trim(),
    lists: listsOf(reading),
    checkDiff: all("check_diff").length > 0,
    ifFts: all("if_fts").length > 0,
    ignoreParts: partsOf(reading, "ignore"),
    ignoredParts: partsOf(reading, "check_if_ignored"),
  };
}

function checkNames({ element, file }: Reading): void {
  for (const name of Object.keys(element.attributes)) {
    if (attributes.includes(name)) continue;
    const problem = `has the attribute "${name}", which a rule does not have`;
    throw refuse(file, element, problem, `attributes are ${attributes.join(", ")}`);
  }
  for (const child of element.children) {
    const { name } = child;
    if (otherElements.includes(name) || textElements.has(name) || commonOf(name)) continue;
    const hint = `elements are ${[...textElements.keys(), ...otherElements].join(", ")}, same_…, different_…`;
    throw refuse(file, child, "is no element of a rule", hint);
  }
}

function overwriteOf({ element, file }: Reading): boolean {
  const value = element.attributes["overwrite"] ?? "no";
  if (value === "yes" || value === "no") return value === "yes";
  throw refuse(file, element, `has overwrite="${value}", expected yes or no`);
}
