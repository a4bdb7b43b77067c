import type { Event } from "./event.ts";

/** What an alert says of the rule that fired. */
export interface FiredRule {
  readonly id: number;
  /** 0 to 16. */
  readonly level: number;
  readonly description: string;
  /** In the order they were written, without the commas: "syslog", "sshd", … */
  readonly groups: readonly string[];
  /** Its `<info>` and `<cve>` elements, when it has any. */
  readonly details?: readonly { readonly type: string; readonly text: string }[];
}

/** A rule fired on an event, and somebody may want to know. */
export interface Alert {
  readonly rule: FiredRule;
  readonly event: Event;
  /** For a frequency rule the earlier lines it counted, newest first. */
  readonly previous: readonly string[];
  /** Whether the levels and the rule's options ask for an entry in the alert log and for a mail. */
  readonly log: boolean;
  readonly mail: boolean;
  /** Whether the rule lets a block follow at all. */
  readonly mayBlock: boolean;
}
