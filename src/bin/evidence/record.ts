import * as z from "zod";
import type { Address } from "../../core/address.ts";
import type { Alert } from "../../core/alert.ts";
import { coveredBy } from "../../core/block.ts";
import { verdictClasses } from "../../core/verdict.ts";

/** What became of a wish to block: asked for, or why it was not. */
export const Decision = z.object({
  response: z.string(),
  seconds: z.number(),
  did: z.enum(["asked", "refused", "spared", "late", "observed", "stopped", "verdict"]),
  /** Why it was not asked for. */
  because: z.string().optional(),
  /** The how manieth block of the source it is, where blocks of those who come back grow. */
  offence: z.number().optional(),
});
export type Decision = z.infer<typeof Decision>;

/** Why an address was blocked, or why not: all that is known at the moment it is decided. */
export const Evidence = z.object({
  /** When it was decided, in milliseconds since 1970. */
  at: z.number(),
  address: z.string(),
  network: z.string(),
  /** The alert's id. */
  alert: z.string(),
  decisions: z.array(Decision),
  rule: z.object({
    id: z.number(),
    level: z.number(),
    description: z.string(),
    groups: z.array(z.string()),
    /** What a frequency rule counts, in words. */
    counts: z.string().optional(),
  }),
  line: z.object({
    text: z.string(),
    location: z.string(),
    /** The byte at which it begins, or the journal's cursor. */
    place: z.union([z.number(), z.string()]).optional(),
    at: z.number(),
  }),
  program: z.string().optional(),
  decoder: z.string().optional(),
  fields: z.record(z.string(), z.string()),
  /** The earlier lines that were counted, newest first. */
  earlier: z.array(z.string()),
  verdict: z
    .object({ class: z.enum(verdictClasses), reason: z.string(), local: z.string().optional() })
    .optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** An alert that something may follow from. */
export interface Case {
  readonly alert: Alert;
  /** The alert's id. */
  readonly id: string;
  /** `Line.place` of its line. */
  readonly place: number | string | undefined;
}

const most = { line: 2000, earlier: 500, field: 300, lines: 20, fields: 32, words: 500 } as const;

/** `counts` says in words what a rule counts. */
export function evidenceOf(
  { alert: { rule, event, previous }, id, place }: Case,
  address: Address,
  decisions: readonly Decision[],
  { at, counts }: { readonly at: number; readonly counts: string | undefined },
): Evidence {
  const { verdict } = event;
  return {
    at,
    address,
    network: coveredBy(address).text,
    alert: id,
    decisions: [...decisions],
    rule: {
      id: rule.id,
      level: rule.level,
      description: rule.description.slice(0, most.words),
      groups: [...rule.groups],
      counts,
    },
    line: {
      text: event.fullLog.slice(0, most.line),
      location: event.location,
      place,
      at: event.at,
    },
    program: event.program,
    decoder: event.decoder,
    fields: someOf(event.fields),
    earlier: previous.slice(0, most.lines).map((line) => line.slice(0, most.earlier)),
    verdict: verdict && { class: verdict.class, reason: verdict.reason, local: verdict.local },
  };
}

function someOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  const some = Object.entries(fields).slice(0, most.fields);
  return Object.fromEntries(some.map(([name, value]) => [name, value.slice(0, most.field)]));
}
