import { Failure } from "../core/failure.ts";
import { yesNo } from "./values.ts";
import { type Element, refuse } from "./xml.ts";

/** The options of a section in which each stands once: the last one holds. Throws a `Failure` on one that is not `known`. */
export function optionsOf(
  section: Element,
  file: string,
  known: readonly string[],
): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of section.children) {
    if (!known.includes(option.name)) {
      const hint = `options are ${known.join(", ")}`;
      throw refuse(file, option, `is no option of <${section.name}>`, hint);
    }
    options.set(option.name, option.text.trim());
  }
  return options;
}

/** What an option says by yes or no; undefined where it is absent. */
export function yesNoIn(section: Element, file: string, name: string): boolean | undefined {
  const option = section.children.findLast((child) => child.name === name);
  return option && inside(section, file, name, () => yesNo(option.text.trim()));
}

/** Runs `read`; a `Failure` it throws is told with file, line and the name of the option it is about. */
export function inside<T>(section: Element, file: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const option = section.children.findLast((child) => child.name === name) ?? section;
    throw refuse(file, option, thrown.message, thrown.hint);
  }
}
