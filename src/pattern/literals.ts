import { type CharSet, sizeOf } from "./chars.ts";
import type { Syntax } from "./syntax.ts";

/** What a pattern needs of a text: see `Pattern.literals`. */
export function literalsOf(syntax: Syntax): readonly string[] | undefined {
  const { exact, needed } = textsOf(syntax);
  return better(exact, needed);
}

/** A character as `Pattern.literals` wants texts to be read. */
export function foldForLiterals(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code + 0x20;
  if (code === 0x17f) return 0x73;
  return code === 0x212a ? 0x6b : code;
}

type Texts = readonly string[];

interface Needs {
  /** All texts that it can match; undefined when they are too many. */
  readonly exact: Texts | undefined;
  /** Texts of which every match contains one. */
  readonly needed: Texts | undefined;
}

/** No larger sets and lists are looked at. */
const mostVariants = 3;
const mostProducts = 16;
const mostBranches = 200;

const emptyOnly: Needs = { exact: [""], needed: undefined };
const anything: Needs = { exact: undefined, needed: undefined };

function textsOf(syntax: Syntax): Needs {
  switch (syntax.kind) {
    case "char":
      return { exact: membersOf(syntax.set), needed: undefined };
    case "assertion":
    case "notAfter":
      return emptyOnly;
    case "sequence":
      return joined(syntax.parts.map(textsOf));
    case "choice":
      return either(syntax.branches.map(textsOf));
    case "repeat":
      return repeated(textsOf(syntax.body), syntax.min, syntax.max);
    case "group":
      return textsOf(syntax.body);
  }
}

function membersOf(set: CharSet): Texts | undefined {
  if (sizeOf(set) > 2 * mostVariants) return undefined;
  const members = new Set<string>();
  for (let at = 0; at < set.length; at += 2) {
    for (let code = set[at] ?? 0; code <= (set[at + 1] ?? 0); code++) {
      members.add(String.fromCharCode(foldForLiterals(code)));
    }
  }
  return members.size <= mostVariants ? [...members] : undefined;
}

/** One after the other: what is exact grows together, until something is not. */
function joined(parts: readonly Needs[]): Needs {
  let run: Texts = [""];
  let needed: Texts | undefined;
  let isWhole = true;
  for (const part of parts) {
    const grown = part.exact && products(run, part.exact);
    if (!grown) {
      needed = better(better(needed, run), part.needed);
      isWhole = false;
    }
    run = grown ?? part.exact ?? [""];
  }
  return { exact: isWhole ? run : undefined, needed: better(needed, run) };
}

function products(left: Texts, right: Texts): Texts | undefined {
  if (left.length === 1 && right.length === 1) return [`${left[0]}${right[0]}`];
  if (left.length * right.length > mostProducts) return undefined;
  return left.flatMap((start) => right.map((end) => start + end));
}

function either(branches: readonly Needs[]): Needs {
  const exact = unionOf(branches.map((branch) => branch.exact));
  const needed = unionOf(branches.map((branch) => better(branch.exact, branch.needed)));
  return { exact, needed };
}

function unionOf(lists: readonly (Texts | undefined)[]): Texts | undefined {
  if (lists.includes(undefined)) return undefined;
  const all = [...new Set(lists.flatMap((list) => list ?? []))];
  return all.length <= mostBranches ? all : undefined;
}

function repeated({ exact, needed }: Needs, min: number, max: number): Needs {
  if (max === 0) return emptyOnly;
  if (min === 0 && max === 1 && exact) return { exact: ["", ...exact], needed: undefined };
  if (min === 0) return anything;
  return { exact: min === 1 && max === 1 ? exact : undefined, needed: better(exact, needed) };
}

/** The one of two that fewer texts contain, as far as one can tell: long ones, and not many. */
function better(one: Texts | undefined, other: Texts | undefined): Texts | undefined {
  return worth(one) >= worth(other) ? usable(one) : usable(other);
}

function usable(texts: Texts | undefined): Texts | undefined {
  return texts && worth(texts) > 0 ? texts : undefined;
}

function worth(texts: Texts | undefined): number {
  if (!texts || texts.length === 0) return 0;
  const shortest = texts.reduce((length, text) => Math.min(length, text.length), 16);
  return shortest === 0 ? 0 : Math.max(shortest - Math.log2(texts.length) / 2, 0.1);
}
