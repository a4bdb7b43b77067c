import { refuse } from "../../config/xml.ts";
import { builtInDecoders } from "../built-in.ts";
import { checkAlone } from "./check.ts";
import type { Decoder, Decoders } from "./decoder.ts";
import type { Draft } from "./read.ts";
import { dynamicOf } from "./words.ts";

/**
 * Places decoders as OSSEC's decoders_list.c does: two lists of those without a parent, and below each the children that
 * name it. A child is placed under every decoder of its parent's name that stands above it. Throws a `Failure` with file
 * and line where OSSEC would refuse.
 */
export function placeDecoders(drafts: readonly Draft[]): Decoders {
  const withProgram: Growing[] = [];
  const withoutProgram: Growing[] = [];
  for (const draft of drafts) {
    checkAlone(draft);
    const list = draft.program ? withProgram : withoutProgram;
    if (draft.parent === undefined) list.push(growing(draft));
    else placeChild(draft, [...withProgram, ...withoutProgram], drafts);
  }
  const grown = [...withProgram, ...withoutProgram];
  for (const { chains, children } of grown) chains.push(...chainsOf(children));
  const names = new Set([...drafts.map(({ name }) => name), ...builtInDecoders]);
  return { withProgram, withoutProgram, names };
}

function placeChild(draft: Draft, above: readonly Growing[], drafts: readonly Draft[]): void {
  const parents = above.filter(({ ownName }) => ownName === draft.parent);
  if (parents.length === 0) throw noParent(draft, drafts);
  const child = growing(draft);
  for (const { children } of parents) join(children, child, draft);
}

/** A decoder while its children and later siblings are still being read. */
interface Growing extends Decoder {
  /** Whether a later sibling has the same name: OSSEC goes on to the next sibling then, whichever it is. */
  chained: boolean;
  readonly children: Growing[];
  readonly chains: Decoder[][];
  readonly draft: Draft;
}

function growing(draft: Draft): Growing {
  const { name, parent, prematch, regex, order = [], element, file } = draft;
  // Without a parent there is one match to look behind.
  const offset =
    parent === undefined && regex?.offset === "after_prematch" ? "after_parent" : regex?.offset;
  return {
    name: draft.useOwnName ? name : (parent ?? name),
    ownName: name,
    program: draft.program,
    prematch: prematch?.pattern,
    prematchAfterParent: prematch?.offset === "after_parent",
    regex: regex?.pattern,
    offset,
    order,
    dynamic: dynamicOf(order),
    fts: draft.fts,
    category: draft.category,
    accumulate: draft.accumulate,
    plugin: draft.plugin,
    chained: false,
    children: [],
    chains: [],
    file,
    line: element.line,
    draft,
  };
}

/** Puts a child behind its siblings; those of the same name make a chain with it. */
function join(siblings: Growing[], child: Growing, draft: Draft): void {
  const chain = siblings.filter(({ ownName }) => ownName === draft.name);
  for (const earlier of chain) {
    checkChain(draft, earlier.draft);
    earlier.chained = true;
  }
  if (chain.length === 0 && draft.regex?.offset === "after_regex") {
    throw refuseDecoder(draft, 'has offset="after_regex", but no sibling of its name above it');
  }
  siblings.push(child);
}

function chainsOf(siblings: readonly Growing[]): Decoder[][] {
  const chains: Decoder[][] = [];
  let goesOn = false;
  for (const one of siblings) {
    if (goesOn) chains.at(-1)?.push(one);
    else chains.push([one]);
    goesOn = one.chained;
  }
  return chains;
}

function checkChain(draft: Draft, earlier: Draft): void {
  const where = `${earlier.file}:${earlier.element.line}`;
  const chain = `continues the chain of regexes that begins at ${where}`;
  if (draft.prematch) throw refuseDecoder(draft, `${chain}, and must not have a prematch`);
  if (draft.fts) throw refuseDecoder(draft, `${chain}, and must not have an fts`);
  const kind = (one: Draft) => one.regex && (one.regex.dialect === "pcre2" ? "<pcre2>" : "<regex>");
  if (kind(draft) !== undefined && kind(draft) === kind(earlier)) return;
  const found = `has ${kind(draft) ?? "neither"}, expected ${kind(earlier) ?? "another name"}`;
  throw refuseDecoder(draft, `${chain}, but ${found}`);
}

function noParent(draft: Draft, drafts: readonly Draft[]): Error {
  const { parent } = draft;
  const named = drafts.find(({ name }) => name === parent);
  const problem = `names the parent "${parent}", which does not stand above it`;
  const { file, element } = named ?? draft;
  const hint =
    named?.parent === undefined
      ? undefined
      : `${file}:${element.line} is a child itself, and children have no children`;
  return refuseDecoder(draft, problem, hint);
}

function refuseDecoder(draft: Draft, problem: string, hint?: string): Error {
  return refuse(draft.file, draft.element, `"${draft.name}" ${problem}`, hint);
}
