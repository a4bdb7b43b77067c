import { setTimeout as sleep } from "node:timers/promises";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import type { BytePath, Entry } from "../../integrity/entry.ts";
import { Integrity } from "../../integrity/integrity.ts";
import { nameShown } from "../../integrity/name.ts";
import { lookAgain, type ScanOptions, scan } from "../../integrity/scan.ts";
import { nextScan } from "../../integrity/schedule.ts";
import type { SeenChange, Trouble } from "../../integrity/seen.ts";
import type { StatusFacts } from "../../integrity/serve/request.ts";
import { watch } from "../../integrity/watch/watch.ts";
import type { Maintenance } from "../../integrity/window.ts";
import type { Judging } from "./judging.ts";

interface Means {
  readonly root: string;
  readonly settings: Syscheck;
  readonly baseline: Baseline;
  readonly judging: Judging;
  readonly maintenance: Maintenance;
  readonly tell: (findings: readonly Finding[]) => void;
  readonly wake: () => void;
  readonly log: Log;
  readonly clock: () => number;
}

/** What goes on by one set of settings. */
export interface Watching {
  readonly integrity: Integrity;
  realtime(): StatusFacts["realtime"];
  /** When everything is looked at next, in milliseconds since 1970. */
  nextAt(): number;
  tick(): void;
  end(): Promise<void>;
}
