import * as z from "zod";
import type { BytePath, JudgedChange } from "../entry.ts";
import { pathOf } from "../judging/facts.ts";
import { nameShown } from "../name.ts";
import { gathered, isProgram } from "./kind.ts";

/** What a rule sees of a change, its path aside. */
const Kind = z.object({ decoder: z.string(), verdict: z.enum(gathered), tags: z.string() });
export type Kind = z.infer<typeof Kind>;

/** Changes of one kind below one folder that are told together, as long as more come. */
export const Crowd = z.object({
  kind: Kind,
  folder: z.string(),
  /** How many since it began, and since it was told last. */
  all: z.number(),
  untold: z.number(),
  /** Names of some of the untold, programs apart. */
  programs: z.array(z.string()).readonly(),
  others: z.array(z.string()).readonly(),
  /** How often it was told, and when it is due again, in milliseconds since 1970. */
  told: z.number(),
  dueAt: z.number(),
});
export type Crowd = z.infer<typeof Crowd>;

/** What comes to a crowd. */
export interface Joining {
  readonly kind: Kind;
  readonly folder: BytePath;
  readonly judged: readonly JudgedChange[];
}

/** From one telling to the next, in milliseconds: what goes on for long is told once an hour. */
const pauses = [3000, 30_000, 120_000, 600_000];
const longestPause = 3_600_000;
const mostNamed = 20;

export function keyOf({ decoder, verdict, tags }: Kind): string {
  return JSON.stringify([decoder, verdict, tags]);
}

/** The crowds with these, the newest crowd last. */
export function joined(
  crowds: readonly Crowd[],
  { kind, folder, judged }: Joining,
  now: number,
): Crowd[] {
  const isIt = (one: Crowd) => one.folder === folder && keyOf(one.kind) === keyOf(kind);
  const fresh: Crowd = {
    kind,
    folder,
    all: 0,
    untold: 0,
    programs: [],
    others: [],
    told: 0,
    dueAt: now + pauseAfter(0),
  };
  const before = crowds.find(isIt) ?? fresh;
  const after: Crowd = {
    ...before,
    all: before.all + judged.length,
    untold: before.untold + judged.length,
    programs: withNames(before.programs, judged.filter(isProgram)),
    others: withNames(
      before.others,
      judged.filter((one) => !isProgram(one)),
    ),
  };
  return before === fresh
    ? [...crowds, after]
    : crowds.map((one) => (one === before ? after : one));
}

function withNames(names: readonly string[], judged: readonly JudgedChange[]): readonly string[] {
  const more = judged.slice(0, mostNamed).map(({ change }) => nameShown(pathOf(change), 200));
  return [...new Set([...names, ...more])].slice(0, mostNamed);
}

/** A clock that was set back keeps nobody waiting for longer. */
export function isDue({ dueAt }: Crowd, now: number): boolean {
  return now >= dueAt || dueAt - now > longestPause;
}

/** What is left of it when it is told: it ends when there was nothing to tell. */
export function afterTelling(crowd: Crowd, now: number): Crowd[] {
  if (crowd.untold === 0) return [];
  const told = crowd.told + 1;
  return [{ ...crowd, told, untold: 0, programs: [], others: [], dueAt: now + pauseAfter(told) }];
}

function pauseAfter(told: number): number {
  return pauses[told] ?? longestPause;
}
