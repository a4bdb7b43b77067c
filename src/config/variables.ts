import { type Element, refuse } from "./xml.ts";

/**
 * Takes every `<var name="X">value</var>` out of a file's elements and puts the value for each `$X` below it, in texts and
 * in the values of attributes, as OSSEC does (os_xml_variables.c): names end at `$`, `.`, `|`, `,`, a space or the end of
 * the text and are the same in either case, the first definition of a name holds, values are not expanded again, and texts
 * of one or two characters never are. Above the file's first definition `$` means nothing. Throws a `Failure` at a name
 * that is not defined.
 */
export function expandVariables(elements: readonly Element[], file: string): Element[] {
  const values = new Map<string, string>();

  const expandAll = (list: readonly Element[]): Element[] =>
    list.flatMap((element) => {
      if (element.name !== "var") return [expand(element)];
      define(element);
      return [];
    });

  const define = (element: Element) => {
    const [first] = Object.entries(element.attributes);
    if (first?.[0] !== "name") throw refuse(file, element, 'needs a name: <var name="NAME">');
    const name = first[1].toLowerCase();
    if (!values.has(name)) values.set(name, element.text);
  };

  const expand = (element: Element): Element => {
    // Only what stands above counts, so the text is expanded before the children may define more.
    const insert = (text: string) => inserted(text, values, element, file);
    const attributes = Object.entries(element.attributes).map(([name, text]) => [
      name,
      insert(text),
    ]);
    const text = insert(element.text);
    const children = expandAll(element.children);
    return { ...element, attributes: Object.fromEntries(attributes), text, children };
  };

  return expandAll(elements);
}

function inserted(
  text: string,
  values: ReadonlyMap<string, string>,
  element: Element,
  file: string,
): string {
  if (values.size === 0 || text.length <= 2 || !text.includes("$")) return text;
  return text.replace(/\$([^$.|, ]+)/g, (_all, name: string) => {
    const value = values.get(name.toLowerCase());
    if (value !== undefined) return value;
    const known = [...values.keys()].map((one) => `$${one}`).join(", ");
    throw refuse(
      file,
      element,
      `uses the variable "$${name}", which is not defined above it`,
      `in a file with a <var>, every "$" that something follows names one: ${known}`,
    );
  });
}
