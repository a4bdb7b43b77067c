import type { Fields } from "./event.ts";

/**
 * What the integrity process found out by looking: a change of a file, a sign of a rootkit, another listener. It is an
 * event that was never a line of a log, so nothing parses it: names of files are written by attackers too.
 */
export interface Finding {
  /** When it was found, in milliseconds since 1970. */
  readonly at: number;
  /** By OSSEC's names: `syscheck_integrity_changed`, `syscheck_new_entry`, `rootcheck`, … */
  readonly decoder: string;
  /** Where OSSEC would say it comes from: "syscheck", "rootcheck", "listeners", … */
  readonly location: string;
  /** What a person reads, in OSSEC's words where it has any; several lines. Names in it are printable already. */
  readonly text: string;
  /** By OSSEC's names: filename, status (the verdict), action, extra_data (a package, a transaction), srcuser, … */
  readonly fields: Fields;
}
