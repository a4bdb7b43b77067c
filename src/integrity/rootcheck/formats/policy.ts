import { Failure } from "../../../core/failure.ts";
import type { BytePath } from "../../entry.ts";
import { bytePath } from "../../name.ts";
import { type LinePattern, linePattern, namePattern } from "./line-pattern.ts";
import { meaningful, mistakeIn } from "./sign-lines.ts";

/** One line of an entry: what is looked at, and what for. */
export interface PolicyTest {
  readonly kind: "file" | "folder" | "process";
  readonly isNegated: boolean;
  /** Files or folders, or the program of a process. */
  readonly paths: readonly BytePath[];
  /** In a folder: which files. */
  readonly name: ((name: BytePath) => boolean) | undefined;
  /** Undefined where being there is enough. */
  readonly content: LinePattern | undefined;
  /** Of a process: another way to say which program. */
  readonly program: LinePattern | undefined;
}

/** "[NAME] [any|all] [REFERENCE]" and its tests. */
export interface PolicyEntry {
  readonly name: string;
  readonly reference: string;
  readonly needsAll: boolean;
  /** Where it does not hold, the rest of the file means nothing. */
  readonly isRequired: boolean;
  readonly tests: readonly PolicyTest[];
}

interface Draft extends PolicyEntry {
  readonly tests: PolicyTest[];
}

/** Reads OSSEC's system_audit files ("rcl"). What it cannot read is told, and the whole entry left out: half of it says something else. */
export function readPolicy(text: string): { entries: PolicyEntry[]; mistakes: string[] } {
  const reading: Reading = { variables: new Map(), entries: [], wrong: new Set() };
  const mistakes: string[] = [];
  for (const { number, text: line } of meaningful(text)) {
    try {
      readLine(line, reading);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      mistakes.push(mistakeIn({ number, text: line }, thrown));
      leaveOut(line, reading);
    }
  }
  const { entries, wrong } = reading;
  return {
    entries: entries.filter((entry) => !wrong.has(entry) && entry.tests.length > 0),
    mistakes,
  };
}

interface Reading {
  readonly variables: Map<string, string>;
  readonly entries: Draft[];
  /** Entries with a line that cannot be read. */
  readonly wrong: Set<Draft>;
}

function leaveOut(line: string, { entries, wrong }: Reading): void {
  // A header that cannot be read must not leave its tests to the one before.
  if (line.startsWith("[")) entries.push({ ...unread, tests: [] });
  const last = entries.at(-1);
  if (last) wrong.add(last);
}

function readLine(line: string, { variables, entries }: Reading): void {
  const entry = entries.at(-1);
  if (line.startsWith("$")) define(line, variables);
  else if (line.startsWith("[")) entries.push(header(line));
  else if (entry) entry.tests.push(testIn(line, variables));
  else throw new Failure("expected [NAME] [any or all] [REFERENCE] before it");
}

const unread = { name: "", reference: "", needsAll: false, isRequired: false };

function define(line: string, variables: Map<string, string>): void {
  const [, name, value] = /^(\$[^=\s]+)\s*=\s*(.*?);?$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Failure("expected $NAME=VALUE,VALUE;");
  variables.set(name, value);
}

function header(line: string): Draft {
  const [, name = "", condition = "", reference = ""] =
    /^\[(.*?)\]\s*\[(any|all|any required|all required)\]\s*(?:\[(.*)\])?$/i.exec(line) ?? [];
  if (name === "") throw new Failure("expected [NAME] [any or all] [REFERENCE]");
  return {
    name,
    reference: reference.trim(),
    needsAll: /^all/i.test(condition),
    isRequired: /required$/i.test(condition),
    tests: [],
  };
}

const kinds = new Map<string, PolicyTest["kind"]>([
  ["f", "file"],
  ["d", "folder"],
  ["p", "process"],
]);

function testIn(line: string, variables: ReadonlyMap<string, string>): PolicyTest {
  const [, before, letter = "", rest = ""] = /^(!?)([a-z]):(.+?);?$/.exec(line) ?? [];
  const kind = kinds.get(letter);
  if (!kind) throw new Failure("expected f:, d: or p:, and a path");
  const [value = "", ...patterns] = rest.split(/\s*->\s*/);
  const places = value.replace(/^!\s*/, "").trim();
  const name = kind === "folder" ? patterns.shift() : undefined;
  const [content] = patterns;
  return {
    kind,
    isNegated: value.startsWith("!") !== (before === "!"),
    paths: pathsIn(places, kind, variables),
    name: name === undefined ? undefined : namePattern(name),
    content: content === undefined ? undefined : linePattern(content),
    program: kind === "process" && /^[r=<>]:/i.test(places) ? linePattern(places) : undefined,
  };
}

function pathsIn(
  places: string,
  kind: PolicyTest["kind"],
  variables: ReadonlyMap<string, string>,
): BytePath[] {
  if (kind === "process") return [bytePath(places)];
  const known = places.startsWith("$") ? variables.get(places) : places;
  if (known === undefined) throw new Failure(`${places} is not defined before it`);
  const paths = known.split(",").map((path) => path.trim());
  if (paths.some((path) => !path.startsWith("/"))) throw new Failure("expected absolute paths");
  return paths.map(bytePath);
}
