import { Failure, mistakesIn } from "../../core/failure.ts";

/** A rule that was taken out of a file, and why. */
export interface Strained {
  readonly id: string;
  readonly line: number;
  readonly because: string;
}

/** More are not worth the wait: each round reads all rules anew. */
const mostRounds = 20;

/**
 * Takes out of a rule file what does not load here: `load` tries the text and throws a `Failure` whose mistakes name lines
 * of `file`. Lines keep their numbers. Undefined for a text that cannot be mended so, with `whole` told why.
 */
export function strain(
  file: string,
  text: string,
  load: (text: string) => void,
  whole: (because: string) => void,
): { text: string; without: Strained[] } | undefined {
  const without: Strained[] = [];
  let rest = text;
  for (let round = 0; round < mostRounds; round++) {
    const failure = failureOf(() => load(rest));
    if (!failure) return { text: rest, without };
    const found = mistakesIn(failure).flatMap((mistake) => ruleOf(file, rest, mistake));
    if (found.length === 0) {
      whole(failure.message);
      return undefined;
    }
    // One rule may have several mistakes.
    const rules = [...new Map(found.map((rule) => [rule.line, rule])).values()];
    without.push(...rules.map(({ range: _range, ...rule }) => rule));
    for (const { range } of rules) rest = blanked(rest, range);
  }
  whole("too much of it does not load here");
  return undefined;
}

function failureOf(work: () => void): Failure | undefined {
  try {
    work();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const rules = /<rule\b[^>]*>[\s\S]*?<\/rule>/g;

/** The rule in which the mistake is. */
function ruleOf(file: string, text: string, { message }: Failure): (Strained & { range: Range })[] {
  if (!message.startsWith(`${file}:`)) return [];
  const line = Number.parseInt(message.slice(file.length + 1), 10);
  const because = message.slice(file.length + 1).replace(/^\d+: /, "");
  for (const { index, 0: rule } of text.matchAll(rules)) {
    const first = lineAt(text, index);
    const last = lineAt(text, index + rule.length);
    if (line < first || line > last) continue;
    const id = /\bid\s*=\s*["'](\d+)/.exec(rule)?.[1] ?? "?";
    return [{ id, line: first, because, range: { from: index, to: index + rule.length } }];
  }
  return [];
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function blanked(text: string, { from, to }: Range): string {
  return text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
}
