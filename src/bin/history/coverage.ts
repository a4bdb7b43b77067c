import type { Event } from "../../core/event.ts";
import type { Judge, Judged } from "../judge.ts";
import type { Lines } from "./merge.ts";
import { type RuleCount, tallyRules } from "./tallies.ts";
import { openTemplates, type Template } from "./templates.ts";

/** Which decoders and rules some logs need, and what they have nothing for. */
export interface Coverage {
  readonly lines: number;
  /** The most frequent ones first. */
  readonly decoders: readonly { readonly name: string; readonly count: number }[];
  readonly rules: readonly RuleCount[];
  readonly withoutDecoder: Gap;
  readonly withoutRule: Gap;
}

/** Lines that nothing knew, the most frequent kinds of them. */
export interface Gap {
  readonly count: number;
  readonly kinds: readonly Template[];
}

const mostKinds = 20;

/** Judges a history and says what was needed for it, and what was missing. */
export async function coverage(history: Lines, judge: Judge): Promise<Coverage> {
  const sums = openSums();
  for await (const lines of history) {
    for (const line of lines) sums.add(line.text, judge.judge(line));
  }
  return sums.end();
}

function openSums() {
  const decoders = new Map<string, number>();
  const rules = tallyRules();
  const [withoutDecoder, withoutRule] = [openTemplates(), openTemplates()];
  let lines = 0;
  return {
    add(text: string, { event, verdict }: Judged): void {
      const { decoder } = event;
      lines += 1;
      if (decoder === undefined) withoutDecoder.add(saidIn(event), text);
      else decoders.set(decoder, (decoders.get(decoder) ?? 0) + 1);
      if (verdict.rule) rules.add(verdict.rule);
      else withoutRule.add(saidIn(event), text);
    },
    end(): Coverage {
      const named = [...decoders].map(([name, count]) => ({ name, count }));
      return {
        lines,
        decoders: named.sort((a, b) => b.count - a.count),
        rules: rules.sorted(),
        withoutDecoder: gapOf(withoutDecoder),
        withoutRule: gapOf(withoutRule),
      };
    },
  };
}

function saidIn({ program, log }: Event): string {
  return program === undefined ? log : `${program}: ${log}`;
}

function gapOf(templates: ReturnType<typeof openTemplates>): Gap {
  return { count: templates.total, kinds: templates.top(mostKinds) };
}
