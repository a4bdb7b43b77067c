import type { TrustedHeader } from "../../core/event.ts";

/** Which entries are wanted: all, or those of some facilities (syslog(3)) and those that call themselves so. */
export interface Selection {
  readonly all: boolean;
  readonly facilities: readonly number[];
  readonly identifiers: readonly string[];
  /** Whether auditd keeps a log that is read: then journald's copy of the same records is left out. */
  readonly isAuditElsewhere?: () => boolean;
}

interface Asked {
  readonly facility: number;
  readonly identifier: string;
  readonly header: Pick<TrustedHeader, "program">;
}

export function isWanted(
  { facility, identifier, header }: Asked,
  { all, facilities, identifiers, isAuditElsewhere }: Selection,
): boolean {
  if (header.program === "audit" && isAuditElsewhere?.()) return false;
  return all || facilities.includes(facility) || identifiers.includes(identifier);
}

/** Spares journalctl what is not wanted, where its own options can say so. Entries without a facility count as daemon. */
export function journalctlMatches({ all, facilities, identifiers }: Selection): string[] {
  if (all || identifiers.length > 0 || facilities.includes(daemonFacility)) return [];
  return [`--facility=${facilities.join(",")}`];
}

/** LOG_DAEMON, which journald gives to what a service prints. */
export const daemonFacility = 3;
