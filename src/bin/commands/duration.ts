import { Failure } from "../../core/failure.ts";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads "90s", "10m", "2h" or "7d" as seconds. Throws a `Failure` for anything else, and for more than `mostDays`. */
export function readDuration(text: string, mostDays: number): number {
  const [, amount, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const read = Number(amount) * (seconds[unit] ?? 0);
  if (read >= 1 && read <= mostDays * 86_400) return read;
  throw new Failure(`"${text}" is no length of time, or too long a one`, {
    hint: `write 30m, 12h or 7d; ${mostDays}d is the longest`,
    exitCode: 64,
  });
}
