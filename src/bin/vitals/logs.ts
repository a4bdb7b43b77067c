import * as z from "zod";
import { span } from "../commands/table.ts";
import type { IntakeHealth } from "../intake.ts";
import { after, awake, Habit, newHabit, silenceOf } from "./silence.ts";
import { counted, jumpOf, newShare, Share, told } from "./unparsed.ts";

export const LogHabits = z.record(z.string(), z.strictObject({ habit: Habit, share: Share }));
export type LogHabits = z.infer<typeof LogHabits>;

/** Knows how each log is usually written to. */
export interface LogVitals {
  /** What is to be told after a minute, as messages of our own. */
  check(sources: readonly IntakeHealth[]): string[];
  /** For how long a log has been silent, where that is unusual; milliseconds. */
  silentFor(name: string): number | undefined;
  state(): LogHabits;
}

/** `clock` in milliseconds since 1970. */
export function openLogVitals(saved: LogHabits, clock: () => number): LogVitals {
  const start = clock();
  const logs = new Map(
    Object.entries(saved).map(([name, { habit, share }]) => [
      name,
      { habit: awake(habit, start), share },
    ]),
  );
  const before = new Map<string, { lines: number; unparsed: number }>();
  const silent = new Set<string>();

  const checkSilence = (name: string, lines: number, now: number): string[] => {
    const silence = silenceOf(logs.get(name)?.habit ?? newHabit(now), now);
    if (silence && !silent.has(name)) {
      silent.add(name);
      const usual = `its longest silence of the last two weeks was ${span(silence.usual)}`;
      return [
        `stockade: a log fell silent: ${name} has had no line for ${span(silence.milliseconds)}, ${usual}`,
      ];
    }
    if (lines > 0 && silent.delete(name))
      return [`stockade: in order again: ${name} has lines again`];
    return [];
  };
  const checkOne = ({ name, lines, unparsed }: IntakeHealth): string[] => {
    const now = clock();
    const more = since(before.get(name), { lines, unparsed });
    before.set(name, { lines, unparsed });
    const known = logs.get(name) ?? { habit: newHabit(now), share: newShare(now) };
    const share = counted(known.share, more, now);
    const jump = jumpOf(share, now);
    logs.set(name, {
      habit: after(known.habit, more.lines, now),
      share: jump ? told(share, now) : share,
    });
    return [...checkSilence(name, more.lines, now), ...(jump ? [jumpText(name, jump)] : [])];
  };
  return {
    check: (sources) => sources.flatMap(checkOne),
    silentFor(name) {
      const habit = logs.get(name)?.habit;
      return habit && silenceOf(habit, clock())?.milliseconds;
    },
    // What has never had a line has no habit.
    state: () => Object.fromEntries([...logs].filter(([, { habit }]) => habit.lines > 0)),
  };
}

/** Counters begin anew with other settings. */
function since(
  before: { lines: number; unparsed: number } | undefined,
  now: { lines: number; unparsed: number },
) {
  if (!before || before.lines > now.lines) return now;
  return { lines: now.lines - before.lines, unparsed: now.unparsed - before.unparsed };
}

function jumpText(name: string, jump: { now: number; usual: number; lines: number }): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return (
    `stockade: more lines are not understood than usual: ${percent(jump.now)} of ${jump.lines} lines of ${name} ` +
    `in this hour, else ${percent(jump.usual)}`
  );
}
