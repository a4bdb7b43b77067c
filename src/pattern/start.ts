import { type CharSet, union } from "./chars.ts";
import type { Syntax } from "./syntax.ts";

/** What a text must begin with for a pattern to match: see `Pattern.start`. */
export function startOf(syntax: Syntax): readonly CharSet[] | undefined {
  const { isAnchored, sets } = beginningOf(syntax);
  return isAnchored ? sets : undefined;
}

interface Beginning {
  /** Whether it asserts the start of the text before it takes a character. */
  readonly isAnchored: boolean;
  /** The characters it may take first, second, … */
  readonly sets: readonly CharSet[];
  /** Whether it always takes exactly so many. */
  readonly isWhole: boolean;
}

/** More places tell hardly more texts apart. */
const mostPlaces = 5;

const empty: Beginning = { isAnchored: false, sets: [], isWhole: true };

function beginningOf(syntax: Syntax): Beginning {
  switch (syntax.kind) {
    case "char":
      return { isAnchored: false, sets: [syntax.set], isWhole: true };
    case "assertion":
      return syntax.assertion === "start" ? { ...empty, isAnchored: true } : empty;
    case "notAfter":
      return empty;
    case "sequence":
      return sequence(syntax.parts);
    case "choice":
      return choice(syntax.branches.map(beginningOf));
    case "repeat":
      return repeated(beginningOf(syntax.body), syntax.min, syntax.max);
    case "group":
      return beginningOf(syntax.body);
  }
}

function sequence(parts: readonly Syntax[]): Beginning {
  let isAnchored = false;
  const sets: CharSet[] = [];
  for (const part of parts) {
    const next = beginningOf(part);
    if (sets.length === 0) isAnchored ||= next.isAnchored;
    sets.push(...next.sets.slice(0, mostPlaces - sets.length));
    if (!next.isWhole || sets.length === mostPlaces) return { isAnchored, sets, isWhole: false };
  }
  return { isAnchored, sets, isWhole: true };
}

function choice(branches: readonly Beginning[]): Beginning {
  const lengths = branches.map(({ sets }) => sets.length);
  const least = Math.min(...lengths);
  const sets = Array.from({ length: least }, (_, at) =>
    union(...branches.map((branch) => branch.sets[at] ?? [])),
  );
  return {
    isAnchored: branches.every((branch) => branch.isAnchored),
    sets,
    isWhole: branches.every(({ isWhole }) => isWhole) && lengths.every((one) => one === least),
  };
}

function repeated(body: Beginning, min: number, max: number): Beginning {
  if (min === 0) return { ...empty, isWhole: max === 0 };
  if (!body.isWhole || body.sets.length === 0) return { ...body, isWhole: false };
  const times = Math.min(min, mostPlaces);
  const sets = Array.from({ length: times }, () => body.sets)
    .flat()
    .slice(0, mostPlaces);
  const isWhole = min === max && sets.length === min * body.sets.length;
  return { isAnchored: body.isAnchored, sets, isWhole };
}
