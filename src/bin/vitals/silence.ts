import * as z from "zod";

/** How a log was written to of late. Times in milliseconds since 1970. */
export const Habit = z.strictObject({
  since: z.number(),
  /** When it last had a line, or when we began to look. */
  activeAt: z.number(),
  lines: z.number(),
  /** The longest silence of each day of late, by the number of the day. */
  gaps: z.array(z.tuple([z.number(), z.number()])),
});
export type Habit = z.infer<typeof Habit>;

const day = 86_400_000;
/** A week and its twin: what is done once a week is no silence. */
const daysKept = 14;
/** Before these nothing is known of its nights. */
const daysToLearn = 3;
const fewestLines = 100;
const shortest = 10 * 60_000;
/** So many times as long as ever of late is no habit any more. */
const factor = 3;

export function newHabit(now: number): Habit {
  return { since: now, activeAt: now, lines: 0, gaps: [] };
}

/** After a minute in which the log had so many lines; none is what a silence is made of. */
export function after(habit: Habit, lines: number, now: number): Habit {
  if (lines === 0) return habit;
  const today = Math.floor(now / day);
  const [, before] = habit.gaps.find(([number]) => number === today) ?? [today, 0];
  const others = habit.gaps.filter(([number]) => number !== today && number > today - daysKept);
  const gap = Math.max(before, now - habit.activeAt);
  return { ...habit, activeAt: now, lines: habit.lines + lines, gaps: [...others, [today, gap]] };
}

/** While we did not look nobody knows what was written: the silence begins anew. */
export function awake(habit: Habit, now: number): Habit {
  return { ...habit, activeAt: now };
}

/** How long it has been silent, and the longest it was of late; undefined while that is nothing unusual. */
export function silenceOf(
  habit: Habit,
  now: number,
): { readonly milliseconds: number; readonly usual: number } | undefined {
  if (habit.lines < fewestLines || now - habit.since < daysToLearn * day) return undefined;
  const usual = Math.max(shortest, ...habit.gaps.map(([, gap]) => gap));
  const milliseconds = now - habit.activeAt;
  return milliseconds > usual * factor ? { milliseconds, usual } : undefined;
}
