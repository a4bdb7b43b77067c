import { type Element, refuse } from "../../config/xml.ts";
import { plainForm, textElements } from "./elements.ts";
import { joined, type Reading } from "./reading.ts";
import type { TextCondition } from "./spec.ts";

/** What a rule's pattern elements ask of the event's texts: all of them, in the order of `textElements`. */
export function textsOf(reading: Reading): TextCondition[] {
  const named = [...textElements].flatMap(([element, { subject, dialect }]): TextCondition[] => {
    const pattern = patternOf(reading, element);
    if (pattern === undefined) return [];
    const isExact = reading.compatible && element === "action";
    return [{ element, subject, dialect: isExact ? "exact" : dialect, pattern }];
  });
  const fields = reading.element.children
    .filter((child) => child.name === "field")
    .map((child) => fieldPattern(child, reading.file));
  return [...named, ...fields];
}

/** In bytes. OSSEC loses a longer text without a word, and the rule then matches more than it says. */
const longestText = 2048;

function patternOf(reading: Reading, element: string): string | undefined {
  if (!reading.compatible) return joined(reading, element);
  const plain = plainForm(element);
  if (plain !== undefined && joined(reading, plain) !== undefined) return undefined;
  const texts = reading.element.children.filter((child) => child.name === element);
  return texts.reduce<string | undefined>((sofar, child) => append(sofar, child.text), undefined);
}

/** `loadmemory` in OSSEC's rules.c. */
function append(sofar: string | undefined, text: string): string | undefined {
  const size = Buffer.byteLength(text);
  if (sofar === undefined) return size < longestText ? text : undefined;
  if (Buffer.byteLength(sofar) > longestText || size > longestText) return undefined;
  return sofar + text;
}

function fieldPattern(child: Element, file: string): TextCondition {
  const name = child.attributes["name"];
  if (!name) throw refuse(file, child, "has no name");
  return { element: "field", subject: `field:${name}`, dialect: "regex", pattern: child.text };
}
