import type { Block, Held } from "../../core/block.ts";
import type { ToldAlert } from "../evidence/alerts.ts";
import type { Located } from "../evidence/locate.ts";
import type { Evidence } from "../evidence/record.ts";

/** All that is known of an address, see `stockade why`. */
export interface Why {
  readonly address: string;
  /** What a block of it covers. */
  readonly network: string;
  readonly blocks: readonly Block[];
  /** What the system itself keeps out. */
  readonly held: readonly Held[];
  /** Why it is never blocked, where that is so now. */
  readonly untouchable?: string | undefined;
  /** Why the responder could not be asked. */
  readonly unasked?: string;
  /** The newest first, but for what led to the block in force: that stands first. */
  readonly evidence: readonly Shown[];
  /** The last alerts about it, where there is no evidence. */
  readonly alerts: readonly ToldAlert[];
}

/** Evidence, and where its lines stand now. */
export type Shown = Evidence & { readonly found?: Located | undefined };
