import { Failure } from "../core/failure.ts";

/** The whole number between the two bounds that `value` writes; anything else is the admin's mistake: a `Failure`. */
export function whole(value: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Failure(`is "${value}", expected a whole number from ${least} to ${most}`);
}

/** The ids of rules, with commas or blanks between them. */
export function ruleIds(value: string): number[] {
  const ids = value.split(/[,\s]+/).filter((id) => id !== "");
  return ids.map((id) => whole(id, 1, 99_999_999));
}
