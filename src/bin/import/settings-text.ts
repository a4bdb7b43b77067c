import type { Element } from "../../config/xml.ts";

/** An element as text: its text stands as it was written, byte for byte. */
export function elementText({ name, attributes, text, children }: Element, indent = ""): string {
  const attached = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  const head = `${indent}<${name}${attached.join("")}>`;
  if (children.length === 0) return `${head}${text.trim()}</${name}>`;
  const inner = children.map((child) => elementText(child, `${indent}  `));
  return [head, ...inner, `${indent}</${name}>`].join("\n");
}

/** One option in a section of its own, as text. `value` must be fit for an element. */
export function optionText(section: string, option: string, value: string): string {
  return `  <${section}><${option}>${value}</${option}></${section}>`;
}

/** The settings with the imported sections at their end, in the place of those of an earlier import from the same program. */
export function withImported(settings: string, from: string, sections: readonly string[]): string {
  const [begin, end] = [
    `<!-- imported from ${from}: begin -->`,
    `<!-- imported from ${from}: end -->`,
  ];
  const first = settings.indexOf(begin);
  const last = settings.indexOf(end, first);
  const own =
    first < 0 || last < 0
      ? settings
      : settings.slice(0, first) + settings.slice(last + end.length).replace(/^\n/, "");
  if (sections.length === 0) return own;
  const block = [begin, "<stockade_config>", ...sections, "</stockade_config>", end];
  return `${own.replace(/\n*$/, "\n")}\n${block.join("\n")}\n`;
}
