import { XMLParser, XMLValidator } from "fast-xml-parser";
import { Failure, reasonOf } from "../core/failure.ts";
import { standardXml } from "./standard-xml.ts";

/** One element of a settings or rule file, with the line it begins on. */
export interface Element {
  /** In lower case, as the names of its attributes are: OSSEC takes either. */
  readonly name: string;
  /** In the order in which they were written. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, byte for byte as it was written: OSSEC's XML knows no entities. */
  readonly text: string;
  readonly children: readonly Element[];
  readonly line: number;
}

/**
 * Reads OSSEC's dialect: several roots in one file, `<!` comments, `\<` for a literal "<", a bare "&" and no entities.
 * Throws a `Failure` that names file, line and what is wrong; a file is never read by half. Text outside of any element
 * is refused, or left out where OSSEC does that and has files that need it.
 */
export function parseXml(
  text: string,
  file: string,
  stray: "refused" | "left out" = "refused",
): Element[] {
  const wrapped = `<r>${standardXml(text, file)}</r>`;
  const verdict = XMLValidator.validate(wrapped);
  if (verdict !== true) {
    const { line, msg } = verdict.err;
    const told = msg.replace(/ instead of closing tag 'r'\.$/, ", found the end of the file");
    throw new Failure(`${file}:${line}: ${brief(told)}`, {
      hint: "the file is not well-formed XML",
    });
  }
  const lineAt = lineFinder(wrapped);
  refuseDeepNesting(wrapped, file, lineAt);
  const [root] = parse(wrapped, file);
  const nodes = childrenOf(root, "r");
  if (stray === "refused") refuseStrayText(nodes, file, (text) => lineAt(wrapped.indexOf(text)));
  return elements(nodes, lineAt);
}

/** Something a file asks for that Stockade does not do, and where. */
export interface Notice {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Refuses an element: file, line, what was found and what was expected. */
export function refuse(file: string, element: Element, problem: string, hint?: string): Failure {
  return new Failure(`${file}:${element.line}: <${element.name}> ${brief(problem)}`, { hint });
}

/** What was found may be long, and the message is one line. */
function brief(problem: string): string {
  return problem.length > 400 ? `${problem.slice(0, 250)} … ${problem.slice(-100)}` : problem;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  captureMetaData: true,
});

/** What the parser gives: one key that is a tag name with a list of nodes or "#text" with a string, and ":@" for attributes. */
type Node = Readonly<Record<string, readonly Node[] | string | Record<string, string>>>;

/** The parser's own limit is one more; it does not say where it was met. */
const deepest = 99;

const tags = /<(\/?)[^\s<>!/](?:"[^"]*"|'[^']*'|[^<>"'])*?(\/?)>/g;

function refuseDeepNesting(wrapped: string, file: string, lineAt: (index: number) => number): void {
  let depth = 0;
  for (const tag of wrapped.matchAll(tags)) {
    if (tag[1]) depth -= 1;
    else if (!tag[2]) depth += 1;
    if (depth <= deepest) continue;
    const line = lineAt(tag.index);
    throw new Failure(`${file}:${line}: more than ${deepest - 1} elements one in another`);
  }
}

/** What the parser refuses by itself (names such as "constructor") is the file's fault too. */
function parse(text: string, file: string): Node[] {
  try {
    return parser.parse(text);
  } catch (cause) {
    throw new Failure(`${file}: ${reasonOf(cause)}`, { cause });
  }
}

function refuseStrayText(
  nodes: readonly Node[],
  file: string,
  lineOf: (text: string) => number,
): void {
  const found = nodes.map((node) => String(node["#text"] ?? "").trim()).find((text) => text !== "");
  if (found === undefined) return;
  const snippet = found.slice(0, 40);
  throw new Failure(`${file}:${lineOf(snippet)}: text outside of any element: "${snippet}"`);
}

function elements(nodes: readonly Node[], lineAt: (index: number) => number): Element[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ":@");
    if (name === undefined || name === "#text") return [];
    const inside = childrenOf(node, name);
    return [
      {
        name: name.toLowerCase(),
        attributes: attributesOf(node),
        text: inside.map((child) => child["#text"] ?? "").join(""),
        children: elements(inside, lineAt),
        line: lineAt(startOf(node)),
      },
    ];
  });
}

function childrenOf(node: Node | undefined, name: string): readonly Node[] {
  const value = node?.[name];
  return Array.isArray(value) ? value : [];
}

function attributesOf(node: Node): Record<string, string> {
  const values = Object.entries(node[":@"] ?? {});
  return Object.fromEntries(values.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Where the element begins. The parser hangs that under a symbol of its own. */
function startOf(node: Node): number {
  const [symbol] = Object.getOwnPropertySymbols(node);
  const meta = symbol && Reflect.get(node, symbol);
  return typeof meta?.startIndex === "number" ? meta.startIndex : 0;
}

/** Returns a function from an index in `text` to its line number, counted from 1. */
function lineFinder(text: string): (index: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  return (index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
