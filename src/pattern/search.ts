import { foldForLiterals } from "./literals.ts";

/** Looks for many words at once. */
export interface Search {
  /** Reads a text; `has` then speaks of that one. */
  read(text: string): void;
  /** Whether the word of that number stands in the text. */
  has(word: number): boolean;
  /** The number of the words that stand in the text, and the numbers of these. */
  readonly found: { readonly count: number; readonly words: Int32Array };
  /** How many texts were read. */
  readonly texts: number;
}

/**
 * Looks for all words in one pass over a text: a table says for each state and character the next state (Aho and
 * Corasick's automaton). Words are as `Pattern.literals` has them, and texts are read that way.
 */
export function openSearch(words: readonly string[]): Search {
  const letters = lettersOf(words);
  const { table, endings } = connect(plant(words, letters), letters.count);
  const seen: Seen = {
    inWord: new Float64Array(words.length),
    inState: new Float64Array(endings.length),
    texts: 0,
    count: 0,
    words: new Int32Array(words.length),
  };
  return {
    read(text) {
      seen.texts++;
      seen.count = 0;
      pass({ letters, table, endings, seen }, text);
    },
    has: (word) => seen.inWord[word] === seen.texts,
    found: seen,
    get texts() {
      return seen.texts;
    },
  };
}

/** For each word, and each state where words end, which text had it last. In doubles, which do not overflow. */
interface Seen {
  readonly inWord: Float64Array;
  readonly inState: Float64Array;
  texts: number;
  count: number;
  readonly words: Int32Array;
}

interface Machine extends Table {
  readonly letters: Letters;
  readonly seen: Seen;
}

function pass(machine: Machine, text: string): void {
  const { table, letters } = machine;
  const { ascii, wide, count } = letters;
  let row = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code < 0x80 ? ascii[code] : wide.get(foldForLiterals(code));
    row = table[row + (letter ?? 0)] ?? 0;
    if (row < 0) {
      row = ~row;
      note(machine, row / count);
    }
  }
}

function note({ endings, seen }: Machine, state: number): void {
  if (seen.inState[state] === seen.texts) return;
  seen.inState[state] = seen.texts;
  for (const word of endings[state] ?? []) {
    if (seen.inWord[word] === seen.texts) continue;
    seen.inWord[word] = seen.texts;
    seen.words[seen.count++] = word;
  }
}

/** The characters of the words, numbered from 1. 0 is any other. */
interface Letters {
  readonly count: number;
  readonly ascii: Uint16Array;
  readonly wide: ReadonlyMap<number, number>;
}

function lettersOf(words: readonly string[]): Letters {
  const wide = new Map<number, number>();
  for (const char of words.join("").split("")) {
    const code = char.charCodeAt(0);
    if (!wide.has(code)) wide.set(code, wide.size + 1);
  }
  const ascii = Uint16Array.from(
    { length: 0x80 },
    (_, code) => wide.get(foldForLiterals(code)) ?? 0,
  );
  return { count: wide.size + 1, ascii, wide };
}

interface Trie {
  /** At `state * count + letter` the next state; 0 when there is none. State 0 is the root. */
  readonly children: Int32Array;
  /** For each state the words that end there. */
  readonly endings: readonly number[][];
}

function plant(words: readonly string[], { count, wide }: Letters): Trie {
  const size = words.reduce((sum, word) => sum + word.length, 1);
  const children = new Int32Array(size * count);
  const endings: number[][] = [[]];
  for (const [number, word] of words.entries()) {
    let state = 0;
    for (const char of word.split("")) {
      const cell = state * count + (wide.get(char.charCodeAt(0)) ?? 0);
      if (children[cell] === 0) children[cell] = endings.push([]) - 1;
      state = children[cell] ?? 0;
    }
    endings[state]?.push(number);
  }
  return { children: children.slice(0, endings.length * count), endings };
}

interface Table {
  /** At `state * count + letter` the next state, times `count`; its complement where words end. */
  readonly table: Int32Array;
  readonly endings: readonly Int32Array[];
}

function connect(trie: Trie, count: number): Table {
  const { endings } = trie;
  const next = new Int32Array(trie.children.length);
  const fallback = new Int32Array(endings.length);
  const queue = [0];
  for (const state of queue) queue.push(...goOn({ ...trie, next, fallback, count }, state));
  const ends = endings.map((words) => words.length > 0);
  const table = next.map((state) => (ends[state] ? ~(state * count) : state * count));
  return { table, endings: endings.map((found) => Int32Array.from(found)) };
}

interface Unfinished extends Trie {
  readonly next: Int32Array;
  readonly fallback: Int32Array;
  readonly count: number;
}

/** Where a word breaks off, goes on in the longest other one that the text is in the middle of. Returns the children. */
function goOn({ children, endings, next, fallback, count }: Unfinished, state: number): Int32Array {
  const row = (table: Int32Array, of: number) => table.subarray(of * count, (of + 1) * count);
  const other = fallback[state] ?? 0;
  const elsewhere = state === 0 ? new Int32Array(count) : row(next, other);
  const own = row(children, state);
  for (const [letter, child] of own.entries()) fallback[child] = elsewhere[letter] ?? 0;
  fallback[0] = 0;
  next.set(
    own.map((child, letter) => child || (elsewhere[letter] ?? 0)),
    state * count,
  );
  if (state !== 0) endings[state]?.push(...(endings[other] ?? []));
  return own.filter((child) => child !== 0);
}
