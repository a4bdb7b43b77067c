import * as z from "zod";

/**
 * What the integrity process found out by looking: a change of a file, a sign of a rootkit, another listener. It is an
 * event that was never a line of a log, so no decoder reads it: names of files are written by attackers too.
 */
export const Finding = z.strictObject({
  /** When it was found, in milliseconds since 1970. */
  at: z.number(),
  /** By OSSEC's names: `syscheck_integrity_changed`, `syscheck_new_entry`, `rootcheck`, … */
  decoder: z.string(),
  /** Where OSSEC would say it comes from: "syscheck", "rootcheck", "listeners", … */
  location: z.string(),
  /** What a person reads, in OSSEC's words where it has any; several lines. Names in it are printable already. */
  text: z.string(),
  /** By OSSEC's names: filename, status (the verdict), action, extra_data (a package, a transaction), srcuser, … */
  fields: z.record(z.string(), z.string()),
});
export type Finding = z.infer<typeof Finding>;

/** Reads one as `JSON.stringify` wrote it; undefined for anything else. */
export function findingIn(text: string): Finding | undefined {
  try {
    return Finding.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
