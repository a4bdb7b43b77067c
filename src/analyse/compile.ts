import { hostname } from "node:os";
import type { Event } from "../core/event.ts";
import { mapAll } from "../core/failure.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type Check, checksOf, type Facts } from "./checks.ts";
import { type List, openList } from "./conditions/lists.ts";
import { localClock } from "./conditions/local-clock.ts";
import { asksMemory } from "./remembering.ts";
import { attempt } from "./rules/reading.ts";
import type { RuleSpec, TextCondition } from "./rules/spec.ts";
import type { Node, Rule, RuleTree } from "./rules/tree.ts";
import { type Levels, type Manner, mannerOf } from "./verdict.ts";

/** A rule made ready to be tried on events. */
export interface Ready {
  readonly rule: Rule;
  readonly noalert: boolean;
  readonly asksMemory: boolean;
  readonly manner: Manner;
  readonly decodedAs: string | undefined;
  /** Patterns of the program's name: answered once for each program, not for each event. */
  readonly programs: readonly Pattern[];
  /** Numbers of the patterns of the message, for the prefilter. */
  readonly gates: readonly number[];
  readonly checks: readonly Check[];
  /** Those that are tried after what `asksMemory` says, and only then: OSSEC looks things up in lists at the very end. */
  readonly checksAfterMemory: readonly Check[];
}

/** A node made ready. */
export interface Place {
  readonly ready: Ready;
  readonly children: readonly Place[];
  readonly index: number;
}

/** All rules, made ready. */
export interface ReadyTree {
  readonly tree: RuleTree;
  /** What events that name no host are taken to come from. */
  readonly host: string;
  readonly roots: readonly { readonly place: Place; readonly category: string }[];
  readonly rules: ReadonlyMap<number, Ready>;
  /** How many nodes there are. */
  readonly size: number;
  /** Every pattern of a program's name. */
  readonly programs: readonly Pattern[];
  /** The patterns of messages that have literals, by the numbers of the gates. */
  readonly gated: readonly Pattern[];
}

/** A list that rules may look things up in: what they call it, and its path without ".cdb". */
interface ListFile {
  readonly name: string;
  readonly file: string;
}

/** Compiles every pattern and condition, and reads the lists that rules name. Throws a `Failure` with file, line and element of each rule that cannot be. */
export function compileRules(
  tree: RuleTree,
  levels: Levels,
  listFiles: readonly ListFile[] = [],
): ReadyTree {
  const host = hostname().split(".", 1)[0] ?? "";
  const { compatible } = tree;
  const lists = listsIn(listFiles, compatible);
  const facts: Facts = { compatible, host, clock: localClock(), lists };
  const gated: Pattern[] = [];
  const known = new Map<Rule, Ready>();
  const readyOf = (rule: Rule): Ready => {
    const ready = known.get(rule) ?? compileRule(rule, levels, facts, gated);
    known.set(rule, ready);
    return ready;
  };
  mapAll([...tree.rules.values()], readyOf);
  const placeOf = (node: Node): Place => ({
    ready: readyOf(node.rule),
    children: node.children.map(placeOf),
    index: node.index,
  });
  const roots = tree.roots.map(({ node, category }) => ({ place: placeOf(node), category }));
  const programs = [...known.values()].flatMap((ready) => ready.programs);
  const rules = new Map([...known].map(([{ spec }, ready]) => [spec.id, ready]));
  return { tree, host, roots, rules, size: tree.size, programs, gated };
}

/** Each is read when the first rule names it, once. Rules may call it with or without its ".cdb". */
function listsIn(files: readonly ListFile[], compatible: boolean): Facts["lists"] {
  const known = new Map<string, List>();
  return (path) => {
    const found = files.find(({ name }) => path === name || path === `${name}.cdb`);
    if (!found) return undefined;
    const list = known.get(found.file) ?? openList(found.file, compatible);
    known.set(found.file, list);
    return list;
  };
}

function compileRule(rule: Rule, levels: Levels, facts: Facts, gated: Pattern[]): Ready {
  const { spec } = rule;
  const patterns = spec.texts.map((text) => ({ text, pattern: patternOf(text, spec) }));
  const isProgram = (text: TextCondition) => text.subject === "program_name";
  const onLog = patterns.filter(({ text, pattern }) => text.subject === "log" && pattern.literals);
  const checks = checksOf(
    spec,
    patterns.filter(({ text }) => !isProgram(text)),
    facts,
  );
  const isLate = ({ name }: Check) => facts.compatible && asksMemory(rule) && name === "list";
  return {
    rule,
    noalert: spec.noalert,
    asksMemory: asksMemory(rule),
    manner: mannerOf(rule, levels),
    decodedAs: spec.decodedAs,
    programs: patterns.filter(({ text }) => isProgram(text)).map(({ pattern }) => pattern),
    gates: onLog.map(({ pattern }) => gated.push(pattern) - 1),
    checks: checks.filter((check) => !isLate(check)),
    checksAfterMemory: checks.filter(isLate),
  };
}

function patternOf({ element, dialect, pattern }: TextCondition, spec: RuleSpec): Pattern {
  if (dialect === "exact") return exactly(pattern);
  const at = spec.element.children.find(({ name }) => name === element) ?? spec.element;
  return attempt(spec.file, at, () => compilePattern(dialect, pattern));
}

function exactly(source: string): Pattern {
  return {
    source,
    literals: undefined,
    test: (text) => text === source,
    endIn: (text) => (text === source ? text.length : -1),
    find: (text) => (text === source ? { end: text.length, groups: [] } : undefined),
  };
}

/** Whether an event of this decoder and program can match the rule at all. */
export function mayMatch(ready: Ready, { decoder, program }: Event): boolean {
  if (ready.decodedAs !== undefined && ready.decodedAs !== decoder) return false;
  if (ready.programs.length === 0) return true;
  return program !== undefined && ready.programs.every((pattern) => pattern.test(program));
}
