import { conditionsFor } from "../../analyse/active-response.ts";
import type { RuleSpec } from "../../analyse/rules/spec.ts";
import type { Node, Rule, RuleTree } from "../../analyse/rules/tree.ts";
import { readText } from "../../config/load.ts";
import type { Settings } from "../../config/settings.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { countsIn, countsInWords } from "../counting.ts";
import { contextOf } from "./command.ts";
import { type Judging, judgingBy } from "./judging.ts";
import { briefly } from "./rules-list.ts";

/** `stockade rules show ID`: one rule as it is written, where it stands, what it counts and what it leads to. */
export function showRule(text: string, given: unknown): void {
  const context = contextOf(given);
  const judging = judgingBy(context.paths);
  const shown = describe(ruleNamed(text, judging.rules.tree), judging);
  if (context.json) context.say(JSON.stringify(shown));
  else for (const line of page(shown, judging)) context.say(line);
}

function ruleNamed(text: string, { rules }: RuleTree): Rule {
  if (!/^\d{1,8}$/.test(text)) {
    throw new Failure(`"${text}" is no rule id`, {
      hint: "stockade rules list names all rules",
      exitCode: 64,
    });
  }
  const id = Number(text);
  const rule = rules.get(id);
  if (rule) return rule;
  const near = [...rules.keys()].sort((a, b) => Math.abs(a - id) - Math.abs(b - id)).slice(0, 3);
  const named = near.map((one) => `${one} (${rules.get(one)?.spec.description})`);
  throw new Failure(`there is no rule ${id}`, {
    hint: `near it: ${named.join(", ")}`,
    exitCode: 66,
  });
}

type Shown = ReturnType<typeof describe>;

function describe(rule: Rule, { rules, settings }: Judging) {
  const { spec } = rule;
  const places = placesOf(spec.id, rules.tree);
  const manner = rules.rules.get(spec.id)?.manner;
  const conditions = manner?.mayBlock ? conditionsFor(manner.rule, settings.activeResponses) : [];
  const customs = manner?.mayBlock ? conditionsFor(manner.rule, settings.customResponses) : [];
  const isAlert = rule.level > 0 && !spec.noalert;
  return {
    ...briefly(rule),
    text: textOf(spec),
    below: places.map(({ path }) => path.filter((id) => id !== 0)),
    children: places[0]?.node.children.map((child) => briefly(child.rule)) ?? [],
    counts: countsIn(spec),
    countedBy: countersOf(rule, rules.tree).map(briefly),
    ignore: spec.ignore,
    written: isAlert && manner?.log === true,
    mailed: isAlert && manner?.mail === true && settings.global.emailNotification,
    blocks: isAlert ? conditions.map((one) => blockBy(one, spec.id, settings)) : [],
    commands: isAlert ? customs.map(({ command, seconds }) => ({ command, seconds })) : [],
  };
}

/** A block that follows, or word of one where it is only observed. */
function blockBy(
  { response, seconds, observe }: Settings["activeResponses"][number],
  rule: number,
  { blocking }: Settings,
) {
  const isObserved = observe === true || blocking.observe || blocking.observeRules.includes(rule);
  return { response, seconds, observed: isObserved };
}

interface Place {
  readonly node: Node;
  /** The rules above it, from the root down. */
  readonly path: readonly number[];
}

function placesOf(id: number, { roots }: RuleTree): Place[] {
  const visit = (node: Node, path: readonly number[]): Place[] => {
    const own = node.rule.spec.id === id ? [{ node, path }] : [];
    const further = [...path, node.rule.spec.id];
    return [...own, ...node.children.flatMap((child) => visit(child, further))];
  };
  return roots.flatMap(({ node }) => visit(node, []));
}

/** The frequency rules that count this one. */
function countersOf(rule: Rule, { rules }: RuleTree): Rule[] {
  return [...rules.values()].filter(({ counted }) => {
    if (counted?.by === "sid") return counted.rule === rule;
    return counted?.by === "group" && counted.rules.includes(rule);
  });
}

/** The rule as the file has it. */
function textOf({ file, element, id }: RuleSpec): string {
  const lines = readText(file)
    .split("\n")
    .slice(element.line - 1);
  const rest = lines.join("\n");
  const begin =
    new RegExp(`<rule\\s[^>]*\\bid\\s*=\\s*["']0*${id}["']`, "i").exec(rest)?.index ?? 0;
  const end = /<\/rule\s*>/i.exec(rest.slice(begin));
  const indent = /[ \t]*$/.exec(rest.slice(0, begin))?.[0] ?? "";
  return `${indent}${rest.slice(begin, end ? begin + end.index + end[0].length : undefined)}`;
}

const mostPlaces = 5;

function page(shown: Shown, { rules }: Judging): string[] {
  const { id, level, description, groups, file, line, below, children, counts, countedBy, ignore } =
    shown;
  const others = below.length - mostPlaces;
  return [
    `rule ${id}, level ${level}: ${printable(description)}`,
    `groups: ${printable(groups.join(", ")) || "none"}`,
    ...below.slice(0, mostPlaces).map((path) => `stands ${placeIn(path)}`),
    ...(others > 0 ? [`  and in ${others} more places`] : []),
    ...children.map((child) => `  above ${named(child)}`),
    ...countedBy.map((counter) => `counted by ${named(counter)}`),
    ...(counts ? [`counts ${countsInWords(counts, rules.tree.compatible)}`] : []),
    ...(ignore > 0 ? [`silent for ${ignore} s after it fired${ofWhom(rules.tree)}`] : []),
    `leads to ${fateOf(shown)}`,
    "",
    `${printable(file)}:${line}`,
    ...shown.text.split("\n").map(printable),
  ];
}

function named({ id, level, description }: ReturnType<typeof briefly>): string {
  return `${id} (level ${level}) ${printable(description)}`;
}

function placeIn(path: readonly number[]): string {
  return path.length === 0 ? "at the top" : `below ${path.join(" > ")}`;
}

function ofWhom({ compatible }: RuleTree): string {
  return compatible ? ", for every source" : ", for that source";
}

function fateOf({ level, written, mailed, blocks, commands }: Shown): string {
  if (level === 0) return "no alert";
  const parts = [
    written ? "an entry in alerts.log" : "",
    mailed ? "a mail" : "",
    ...blocks.map(({ response, seconds, observed }) =>
      observed
        ? `word of a block that is only observed (${response}, ${seconds} s)`
        : `a block of the source (${response}, ${seconds} s)`,
    ),
    ...commands.map(({ command, seconds }) => `the command ${command} (${lasting(seconds)})`),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function lasting(seconds: number): string {
  return seconds === 0 ? "for each alert" : `${seconds} s`;
}
