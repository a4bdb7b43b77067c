import type { Address } from "./address.ts";

/**
 * Who called whom in what an event tells of, as far as it is proven: a remote client came to us; we called a remote
 * server; a remote server answered us; or nobody knows, because the source may be forged or the direction is not told.
 */
export const verdictClasses = ["attacked-by", "called-out", "answered", "unproven"] as const;
export type VerdictClass = (typeof verdictClasses)[number];

export interface AlertVerdict {
  readonly class: VerdictClass;
  /** In words, for the admin. */
  readonly reason: string;
  /** The other end, against which a response would be. Never an address of ours; undefined where there is none. */
  readonly remote: Address | undefined;
  /** Our end, where the event names it. */
  readonly local: Address | undefined;
}
