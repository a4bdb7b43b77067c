/** A line of a difference: left as it was (" "), gone ("-") or new ("+"). */
interface Edit {
  readonly sign: " " | "-" | "+";
  readonly line: string;
}

/** More differing lines than these are told as all of one for all of the other: work and memory are this squared. */
const mostEdits = 500;
const context = 3;

/**
 * The lines of a unified difference (`@@ -1,3 +1,4 @@`), as diff(1) writes it. It takes the shortest list of edits
 * (Myers, 1986) where that has at most 500, so that time and memory are bounded whatever the texts are.
 */
export function unifiedLines(before: readonly string[], after: readonly string[]): string[] {
  return hunks(editsOf(before, after)).flatMap((hunk) => [
    headOf(hunk),
    ...hunk.edits.map(({ sign, line }) => sign + line),
  ]);
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const old = before.slice(start, before.length - end);
  const fresh = after.slice(start, after.length - end);
  return [
    ...before.slice(0, start).map(same),
    ...(shortest(old, fresh) ?? [...old.map(gone), ...fresh.map(come)]),
    ...before.slice(before.length - end).map(same),
  ];
}

const same = (line: string): Edit => ({ sign: " ", line });
const gone = (line: string): Edit => ({ sign: "-", line });
const come = (line: string): Edit => ({ sign: "+", line });

/** For each number of edits, how far each diagonal got; undefined when there are too many. */
function shortest(old: readonly string[], fresh: readonly string[]): Edit[] | undefined {
  const trace: Int32Array[] = [];
  const most = Math.min(mostEdits, old.length + fresh.length);
  const reach = new Int32Array(2 * most + 3);
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const { isDown, from } = stepTo(reach, diagonal, edits);
      const x = equalUntil(old, fresh, isDown ? from : from + 1, diagonal);
      reach[middleOf(reach) + diagonal] = x;
      if (x >= old.length && x - diagonal >= fresh.length) return walkBack(trace, old, fresh);
    }
  }
  return undefined;
}

function equalUntil(
  old: readonly string[],
  fresh: readonly string[],
  from: number,
  diagonal: number,
): number {
  let x = from;
  while (x < old.length && x - diagonal < fresh.length && old[x] === fresh[x - diagonal]) x += 1;
  return x;
}

function middleOf(reach: Int32Array): number {
  return (reach.length - 1) / 2;
}

/** Whether the way to this diagonal that gets furthest adds a line or takes one away, and from where. */
function stepTo(reach: Int32Array, diagonal: number, edits: number) {
  const at = middleOf(reach) + diagonal;
  const [left, right] = [reach[at - 1] ?? 0, reach[at + 1] ?? 0];
  const isDown = diagonal === -edits || (diagonal !== edits && left < right);
  return { isDown, from: isDown ? right : left };
}

function walkBack(
  trace: readonly Int32Array[],
  old: readonly string[],
  fresh: readonly string[],
): Edit[] {
  const backwards: Edit[] = [];
  let [x, y] = [old.length, fresh.length];
  const back = (toX: number) => {
    for (; x > toX; x -= 1, y -= 1) backwards.push(same(old[x - 1] ?? ""));
  };
  for (const [edits, reach] of [...trace.entries()].slice(1).reverse()) {
    const { isDown, from } = stepTo(reach, x - y, edits);
    // Along equal lines to where the edit led, then the edit.
    back(isDown ? from : from + 1);
    backwards.push(isDown ? come(fresh[y - 1] ?? "") : gone(old[x - 1] ?? ""));
    [x, y] = isDown ? [x, y - 1] : [x - 1, y];
  }
  back(0);
  return backwards.reverse();
}

interface Hunk {
  readonly oldFrom: number;
  readonly newFrom: number;
  readonly edits: readonly Edit[];
}

/** Edits that have no more than six equal lines between them are shown together. */
function hunks(edits: readonly Edit[]): Hunk[] {
  return rangesOf(edits).map(([from, to]) => {
    const before = edits.slice(0, from);
    return {
      oldFrom: before.filter(({ sign }) => sign !== "+").length + 1,
      newFrom: before.filter(({ sign }) => sign !== "-").length + 1,
      edits: edits.slice(from, to),
    };
  });
}

function rangesOf(edits: readonly Edit[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const [at, { sign }] of edits.entries()) {
    if (sign === " ") continue;
    const to = Math.min(edits.length, at + 1 + context);
    const last = ranges.at(-1);
    if (last && at - context <= last[1]) last[1] = to;
    else ranges.push([Math.max(0, at - context), to]);
  }
  return ranges;
}

function headOf({ oldFrom, newFrom, edits }: Hunk): string {
  const olds = edits.filter(({ sign }) => sign !== "+").length;
  const news = edits.filter(({ sign }) => sign !== "-").length;
  const range = (from: number, count: number) => {
    const begin = count === 0 ? from - 1 : from;
    return count === 1 ? `${begin}` : `${begin},${count}`;
  };
  return `@@ -${range(oldFrom, olds)} +${range(newFrom, news)} @@`;
}
