import * as z from "zod";

const Counts = z.strictObject({ lines: z.number(), unparsed: z.number() });

/** What share of a log's lines no decoder knows, this hour and else. */
export const Share = z.strictObject({
  /** The number of the hour that is counted now. */
  hour: z.number(),
  now: Counts,
  /** Of the hours before, the later ones with more weight. */
  usual: Counts,
  /** The day on which a jump was told. */
  toldOn: z.number(),
});
export type Share = z.infer<typeof Share>;

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
const fewest = { now: 100, usual: 1000 };
/** An hour counts for half after a day and a half. */
const weight = 0.98;
/** Five times the usual share, and a fifth of all lines more. */
const jump = { factor: 5, more: 0.2 };
const nothing = { lines: 0, unparsed: 0 };

export function newShare(now: number): Share {
  return { hour: hourOf(now), now: nothing, usual: nothing, toldOn: 0 };
}

function hourOf(now: number): number {
  return Math.floor(now / hourMilliseconds);
}

/** After so many more lines, so many of them not known. */
export function counted(share: Share, more: z.infer<typeof Counts>, now: number): Share {
  const begun = hourOf(now) === share.hour ? share : nextHour(share, now);
  return { ...begun, now: sum(begun.now, more, 1) };
}

function nextHour(share: Share, now: number): Share {
  return { ...share, hour: hourOf(now), now: nothing, usual: sum(share.now, share.usual, weight) };
}

function sum(one: z.infer<typeof Counts>, other: z.infer<typeof Counts>, times: number) {
  return {
    lines: one.lines + other.lines * times,
    unparsed: one.unparsed + other.unparsed * times,
  };
}

/** The shares of this hour and else, where this hour's is a jump that was not told today. */
export function jumpOf(
  { now: hour, usual, toldOn }: Share,
  now: number,
): { readonly now: number; readonly usual: number; readonly lines: number } | undefined {
  if (hour.lines < fewest.now || usual.lines < fewest.usual) return undefined;
  if (toldOn === Math.floor(now / dayMilliseconds)) return undefined;
  const [here, else_] = [hour.unparsed / hour.lines, usual.unparsed / usual.lines];
  const isJump = here > else_ * jump.factor && here > else_ + jump.more;
  return isJump ? { now: here, usual: else_, lines: hour.lines } : undefined;
}

export function told(share: Share, now: number): Share {
  return { ...share, toldOn: Math.floor(now / dayMilliseconds) };
}
