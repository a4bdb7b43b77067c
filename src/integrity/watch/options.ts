import type { watch as fsWatch } from "node:fs";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import type { Log } from "../../core/log.ts";

/** What watching has missed, or will: only a scan tells. */
export type Gap =
  /** More happened at once than the kernel, or we, keep. */
  | { readonly kind: "overflow" }
  /** Not every folder can be watched; scans have to come more often. */
  | { readonly kind: "limit"; readonly watched: number; readonly reason: string };

export interface WatchOptions {
  readonly settings: Syscheck;
  readonly root: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onGap?: (gap: Gap) => void;
  /** Hears when every folder is watched: what happens from now on is seen. `count` says how many are watched whenever it is asked. */
  readonly onReady?: (count: () => number) => void;
  /** In milliseconds. */
  readonly times?: { readonly quiet: number; readonly longest: number };
  readonly mountinfo?: string;
  /** fs.watch, or what stands for it. */
  readonly begin?: typeof fsWatch;
}
