import type { Category } from "../../core/event.ts";

/** What a plugin decoder made of a message. */
export interface Plugged {
  readonly fields: Record<string, string>;
  /** Where it is not the type of the decoder. */
  readonly category?: Category;
  /** Another OSSEC's alert: what it says of the event it was about. */
  readonly original?: Original;
}

export interface Original {
  readonly rule: number;
  readonly host: string;
  readonly location: string;
  readonly log: string;
}

/** A decoder that is no pattern: OSSEC has four of them. Takes time linear in the message and never throws. */
export type Plugin = (log: string, location: string) => Plugged;
