import type { Event } from "../../core/event.ts";

/** OSSEC compares with so many. */
const remembered = 3;

/**
 * OSSEC's flood filter (`stats.c`): the daemon, not ossec-logtest, drops an event of type syslog whose whole line equals
 * one of the last three that it let pass. Returns whether the event is one.
 */
export function openRepeats(): (event: Event) => boolean {
  const last: string[] = [];
  return ({ category, fullLog }) => {
    if (category !== "syslog") return false;
    if (last.includes(fullLog)) return true;
    if (last.push(fullLog) > remembered) last.shift();
    return false;
  };
}
