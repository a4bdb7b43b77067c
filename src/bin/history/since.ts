import { Failure } from "../../core/failure.ts";

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads "2026-11-20", "2026-11-20 14:00" (local time), "2026-11-20T14:00:00Z" or how long ago: "30m", "12h", "7d". Returns
 * milliseconds since 1970; throws a `Failure` for anything else.
 */
export function readSince(text: string, now: number): number {
  const [, amount, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (units[unit] ?? 0);
  const at = date.test(text) ? Date.parse(/[T ]/.test(text) ? text : `${text}T00:00`) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new Failure(`"${text}" is no date`, {
    hint: 'write "2026-11-20", "2026-11-20 14:00", or how long ago: 30m, 12h, 7d',
    exitCode: 64,
  });
}

const date = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$/;
