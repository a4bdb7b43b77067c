import type { Category, Fields } from "../../core/event.ts";

/** A line whose format says what each part of it means. */
export interface Reading {
  /** When it happened, in milliseconds since 1970; undefined where the line does not say. */
  readonly at: number | undefined;
  /** Where the message begins. */
  readonly start: number;
  /** The message, where it does not stand in the line as it is. */
  readonly log?: string | undefined;
  readonly host?: string | undefined;
  readonly program?: string | undefined;
  /** Whether the message is another program's line, for decoders to read. */
  readonly isRelayed?: boolean;
  readonly decoder: string;
  readonly category: Category;
  readonly fields: Fields;
}

/** Reads one line. Returns undefined for a line that is none of its format; never throws. */
export type FormatReader = (text: string, receivedAt: number) => Reading | undefined;
