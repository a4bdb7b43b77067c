import type { Pattern } from "../pattern/pattern.ts";
import type { Ruleset } from "./judge.ts";
import { tidy } from "./process-memory.ts";

/**
 * Uses each pattern once, one every `pause` milliseconds: its matcher is chosen at its first use, which takes some
 * milliseconds, and no line of an attack shall wait for that. Returns what ends it.
 */
export function warmUp({ decoders, rules }: Ruleset, pause = 20): () => void {
  const chained = [...decoders.withProgram, ...decoders.withoutProgram].flatMap((decoder) => [
    decoder,
    ...decoder.chains.flat(),
  ]);
  const ofDecoders = chained.flatMap(({ program, prematch, regex }) => [program, prematch, regex]);
  const waiting: Iterator<Pattern | undefined> = new Set([...ofDecoders, ...rules.gated]).values();
  const timer = setInterval(() => {
    const { done, value } = waiting.next();
    value?.test("");
    if (!done) return;
    clearInterval(timer);
    // What reading the rules left behind is a sixth of all memory.
    tidy();
  }, pause);
  timer.unref();
  return () => clearInterval(timer);
}
