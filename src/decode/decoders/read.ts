import { type Element, refuse } from "../../config/xml.ts";
import type { Category } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";
import { compilePattern } from "../../pattern/compile.ts";
import type { Dialect, Pattern } from "../../pattern/pattern.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { plugins } from "../plugins/plugins.ts";
import type { Offset } from "./decoder.ts";
import { ftsOf, orderOf, typeOf } from "./words.ts";

/** A pattern of a decoder, with its dialect and where it begins to look. */
interface PlacedPattern {
  readonly pattern: Pattern;
  readonly dialect: Dialect;
  readonly offset: Offset | undefined;
}

/** One `<decoder>` as it was written, each of its elements understood, not yet checked as a whole. */
export interface Draft {
  readonly name: string;
  readonly parent: string | undefined;
  readonly program: Pattern | undefined;
  readonly prematch: PlacedPattern | undefined;
  readonly regex: PlacedPattern | undefined;
  readonly order: readonly string[] | undefined;
  readonly fts: readonly string[] | undefined;
  readonly category: Category;
  readonly useOwnName: boolean;
  readonly accumulate: boolean;
  readonly plugin: Plugin | undefined;
  readonly element: Element;
  readonly file: string;
}

/** Reads one `<decoder>`. Throws a `Failure` with file and line at what OSSEC would refuse, or does not know. */
export function readDecoder(element: Element, file: string): Draft {
  const name = nameOf(element, file);
  for (const child of element.children) {
    if (!known.includes(child.name)) {
      throw refuse(
        file,
        child,
        `is nothing a <decoder> has`,
        `expected one of ${known.join(", ")}`,
      );
    }
  }
  const all = (tag: string) => element.children.filter((child) => child.name === tag);
  const read = <T>(child: Element, reader: (text: string) => T) => attempt(child, file, reader);
  const last = <T>(tag: string, reader: (text: string) => T) => {
    const child = all(tag).at(-1);
    return child && read(child, reader);
  };
  const fts = all("fts").flatMap((child) => read(child, ftsOf));
  const program = patternOf(element, "program_name", "match", file)?.pattern;
  return {
    name,
    parent: joined(all("parent"), file),
    program,
    prematch: patternOf(element, "prematch", "regex", file),
    regex: patternOf(element, "regex", "regex", file),
    order: last("order", orderOf),
    fts: fts.length === 0 ? undefined : fts,
    category: last("type", typeOf) ?? "syslog",
    useOwnName: all("use_own_name").some(({ text }) => text === "true"),
    accumulate: all("accumulate").length > 0,
    plugin: last("plugin_decoder", pluginNamed),
    element,
    file,
  };
}

const known: readonly string[] = [
  "parent",
  "program_name",
  "program_name_pcre2",
  "prematch",
  "prematch_pcre2",
  "regex",
  "pcre2",
  "order",
  "fts",
  "ftscomment",
  "type",
  "use_own_name",
  "accumulate",
  "plugin_decoder",
];

function nameOf(element: Element, file: string): string {
  const [first, second] = Object.entries(element.attributes);
  if (element.name !== "decoder") throw refuse(file, element, "is no <decoder>");
  if (first?.[0] !== "name") throw refuse(file, element, 'needs a name: <decoder name="NAME">');
  if (second) throw refuse(file, element, `has the attribute "${second[0]}", expected only a name`);
  return first[1];
}

/** In characters; OSSEC's own limit (_loadmemory). */
const longestText = 8191;

/** Several elements of one name are one text, with nothing between: OSSEC's way. */
function joined(elements: readonly Element[], file: string): string | undefined {
  const [first] = elements;
  if (!first) return undefined;
  const text = elements.map((one) => one.text).join("");
  if (text.length <= longestText) return text;
  throw refuse(file, first, `is longer than ${longestText} characters`);
}

/** The plain one of a pair such as `<regex>` and `<pcre2>` wins where both are written. */
function patternOf(
  element: Element,
  tag: "program_name" | "prematch" | "regex",
  dialect: Dialect,
  file: string,
): PlacedPattern | undefined {
  const pcre2 = tag === "regex" ? "pcre2" : `${tag}_pcre2`;
  const of = (name: string) => element.children.filter((child) => child.name === name);
  const written = of(tag).length > 0 ? of(tag) : of(pcre2);
  const [first] = written;
  const source = joined(written, file);
  if (!first || source === undefined) return undefined;
  const used = first.name === tag ? dialect : "pcre2";
  return {
    pattern: attempt(first, file, () => compilePattern(used, source)),
    dialect: used,
    offset: tag === "program_name" ? undefined : offsetOf([...of(tag), ...of(pcre2)], file),
  };
}

const offsets: readonly Offset[] = ["after_parent", "after_prematch", "after_regex"];

/** Only the first of several elements that make one pattern may say where it looks. */
function offsetOf(elements: readonly Element[], file: string): Offset | undefined {
  const [found, ...more] = elements.map((element) => {
    const [attribute] = Object.entries(element.attributes);
    if (!attribute) return undefined;
    const offset = offsets.find((one) => one === attribute[1]);
    if (attribute[0] === "offset" && offset) return offset;
    const [name, value] = attribute;
    const expected = `expected offset="${offsets.join('", "')}"`;
    throw refuse(file, element, `has ${name}="${value}", ${expected}`);
  });
  const again = elements[1 + more.findIndex((offset) => offset !== undefined)];
  if (more.every((offset) => offset === undefined) || !again) return found;
  throw refuse(file, again, "is not the first of its name, and has an offset");
}

function pluginNamed(text: string): Plugin {
  const plugin = plugins.get(text);
  if (plugin) return plugin;
  throw new Failure(`is "${text}", expected one of ${[...plugins.keys()].join(", ")}`);
}

function attempt<T>(element: Element, file: string, read: (text: string) => T): T {
  try {
    return read(element.text);
  } catch (thrown) {
    if (thrown instanceof Failure) throw refuse(file, element, thrown.message, thrown.hint);
    throw thrown;
  }
}
