/** Lines that say the same of different things. */
export interface Template {
  /** One of them, with `#` for numbers and names for what else differs. */
  readonly text: string;
  readonly count: number;
  readonly example: string;
}

/** Groups lines by what they say. Of very many kinds only so many are kept apart; the rest is counted together. */
export interface Templates {
  /** `said` is what the line says, without its time. */
  add(said: string, line: string): void;
  /** The most frequent ones. */
  top(most: number): Template[];
  readonly total: number;
}

const mostKinds = 20_000;
const longest = 400;

export function openTemplates(): Templates {
  const counts = new Map<string, { count: number; readonly example: string }>();
  let total = 0;
  return {
    add(said, line) {
      total += 1;
      const text = masked(said);
      const known = counts.get(text);
      if (known) known.count += 1;
      else if (counts.size < mostKinds) counts.set(text, { count: 1, example: line });
    },
    top(most) {
      const all = [...counts].map(([text, { count, example }]) => ({ text, count, example }));
      return all.sort((a, b) => b.count - a.count).slice(0, most);
    },
    get total() {
      return total;
    },
  };
}

/** Addresses become ADDRESS, long hexadecimal numbers HEX, numbers #. */
export function masked(line: string): string {
  return line
    .slice(0, longest)
    .replace(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g, "ADDRESS")
    .replace(/(?<![\w:])(?:[\da-fA-F]{0,4}:){2,7}[\da-fA-F]{0,4}(?![\w:])/g, sixOrTime)
    .replace(/(?<!\w)(?:0x)?(?=[a-fA-F]*\d)[\da-fA-F]{8,}(?!\w)/g, "HEX")
    .replace(/\d+/g, "#");
}

/** "10:00:01" looks like an IPv6 address to a simple eye. */
function sixOrTime(text: string): string {
  return /^\d\d:\d\d:\d\d$/.test(text) ? text : "ADDRESS";
}
