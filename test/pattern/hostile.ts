import type { CharSet } from "../../src/pattern/chars.ts";
import { hasChar } from "../../src/pattern/chars.ts";
import type { Syntax } from "../../src/pattern/syntax.ts";

/**
 * Texts made to be slow for one pattern: what its repeats take, over and over, behind what stands before them; what stands
 * behind them, when they take that too; its own sample, whole and broken off.
 */
export function hostileTexts(syntax: Syntax, length: number): readonly string[] {
  const sample = sampleOf(syntax);
  const words = new Set([sample, sample.slice(0, -1), sample.slice(1), `${sample}\n`]);
  const texts = new Set([...words].map((word) => pump("", word, length)));
  for (const { before, body, after } of repeatsOf(syntax, "", "")) {
    const rest = sampleOf(body) + after;
    for (const word of [
      ...probesOf(body),
      rest,
      rest.slice(0, -1),
      after,
      after.slice(0, 2),
      after.slice(0, 1),
    ]) {
      texts.add(pump(before, word, length));
      texts.add(pump("", word, length));
      texts.add(pump("", before + word, length));
    }
  }
  return [...texts].filter((text) => text !== "");
}

interface Repeat {
  readonly before: string;
  readonly body: Syntax;
  readonly after: string;
}

function repeatsOf(syntax: Syntax, before: string, after: string): Repeat[] {
  switch (syntax.kind) {
    case "sequence":
      return syntax.parts.flatMap((part, at) =>
        repeatsOf(
          part,
          before + samplesOf(syntax.parts.slice(0, at)),
          samplesOf(syntax.parts.slice(at + 1)) + after,
        ),
      );
    case "choice":
      return syntax.branches.flatMap((branch) => repeatsOf(branch, before, after));
    case "group":
      return repeatsOf(syntax.body, before, after);
    case "repeat": {
      const inner = repeatsOf(syntax.body, before, sampleOf(syntax.body) + after);
      return syntax.max > 4 ? [{ before, body: syntax.body, after }, ...inner] : inner;
    }
    default:
      return [];
  }
}

function samplesOf(parts: readonly Syntax[]): string {
  return parts.map(sampleOf).join("");
}

function sampleOf(syntax: Syntax): string {
  switch (syntax.kind) {
    case "char":
      return probesIn(syntax.set)[0] ?? "";
    case "sequence":
      return samplesOf(syntax.parts);
    case "choice":
      return sampleOf(syntax.branches[0] ?? { kind: "sequence", parts: [] });
    case "group":
      return sampleOf(syntax.body);
    case "repeat":
      return sampleOf(syntax.body).repeat(Math.max(1, Math.min(syntax.min, 50)));
    default:
      return "";
  }
}

/** Single characters that a set of the pattern's repeat takes, and that separators and figures are made of. */
function probesOf(syntax: Syntax): readonly string[] {
  if (syntax.kind === "char") return probesIn(syntax.set);
  return [sampleOf(syntax), sampleOf(syntax).slice(0, -1)];
}

function probesIn(set: CharSet): readonly string[] {
  const usual = [...'a1/ -:.[("=,|#\n'].filter((char) => hasChar(set, char.charCodeAt(0)));
  return usual.length > 0 ? usual : [String.fromCharCode(set[0] ?? 0)];
}

function pump(before: string, word: string, length: number): string {
  if (word === "") return "";
  return before + word.repeat(Math.max(0, Math.ceil((length - before.length) / word.length)));
}
