import { readdirSync } from "node:fs";
import { tried } from "./check.ts";

/** The numbers of the processes that /proc lists. */
export function listedIn(proc: string): number[] {
  return tried(() => readdirSync(proc), [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
