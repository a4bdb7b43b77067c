import { join } from "node:path";
import type { Settings } from "../../config/settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import { openPrefilter, type Undo } from "../../integrity/judging/prefilter.ts";
import { atRest } from "../../integrity/packages/at-rest.ts";
import type { Ground } from "../../integrity/rootcheck/check.ts";
import { runChecks, signFindings } from "../../integrity/rootcheck/rootcheck.ts";
import { loadSigns } from "../../integrity/rootcheck/signs.ts";
import { verifyFiles } from "../../integrity/rootcheck/verify.ts";
import { wholeFolders } from "../../integrity/rootcheck/whole.ts";
import type { Judging } from "./judging.ts";

/** What is looked for, and of which files the baseline knows. */
type Wanted = Pick<Settings, "rootcheck" | "syscheck">;

interface Means {
  readonly root: string;
  readonly baseline: Pick<Baseline, "get" | "isKnown" | "within">;
  readonly judging: Pick<Judging, "owners" | "packages">;
  /** The signs that stood when it last ran, see `Sign.key`. */
  readonly before: () => readonly string[];
  readonly keep: (signs: readonly string[]) => void;
  readonly tell: (findings: readonly Finding[]) => void;
  readonly log: Log;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Looks for rootkits again and again, as one set of settings after the other wants it. */
export class Rootchecking {
  readonly #means: Means;
  #settings: Wanted;
  #ground: Ground;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #isRunning = false;

  constructor(means: Means, settings: Wanted) {
    this.#means = means;
    this.#settings = settings;
    this.#ground = groundOf(means, settings);
  }

  /** Other settings are in force: it looks again soon. */
  reload(settings: Wanted): void {
    this.#settings = settings;
    this.#ground = groundOf(this.#means, settings);
    this.#checkedAt = Number.NEGATIVE_INFINITY;
  }

  /** What is due; while everything is looked at anyway, `isBusy`, it waits. */
  tick(isBusy: boolean): void {
    const { disabled, frequencySeconds } = this.#settings.rootcheck;
    const isDue = performance.now() - this.#checkedAt >= frequencySeconds * 1000;
    if (disabled || isBusy || this.#isRunning || !isDue) return;
    this.#isRunning = true;
    this.#checkedAt = performance.now();
    this.#check()
      .catch((fault: unknown) =>
        this.#means.log.error(`no rootkits are looked for: ${reasonOf(fault)}`),
      )
      .finally(() => {
        this.#isRunning = false;
      });
  }

  async #check(): Promise<void> {
    const { root, before, keep, tell, clock, signal } = this.#means;
    const log = untilStopped(this.#means);
    const work = () => runChecks(this.#ground, new Set(before()), log);
    const { standing, fresh } = await atRest({ folder: join(root, "var/lib/dpkg") }, work);
    if (signal.aborted) return;
    keep(standing.map(({ key }) => key));
    tell(signFindings(fresh, clock()));
  }
}

/** At its end the baseline closes under what still looks at it. */
function untilStopped({ log, signal }: Means): Log {
  return {
    ...log,
    error: (text) => {
      if (!signal.aborted) log.error(text);
    },
  };
}

function groundOf(means: Means, { rootcheck, syscheck }: Wanted): Ground {
  const { root, baseline, judging, log } = means;
  const proc = join(root, "proc");
  const undoneBy = openPrefilter({ root, packages: judging.packages });
  const undo: Undo = (files) => undoneBy(syscheck.prefilterCommand, files);
  return {
    root,
    proc,
    sys: join(proc, "1/root/sys"),
    owners: judging.owners,
    verify: (paths) => verifyFiles(root, judging.packages, paths, undo),
    isWatched: wholeFolders(syscheck, baseline, !rootcheck.skipNfs),
    watched: (folder, after, limit) => baseline.within(folder, after, limit),
    settings: rootcheck,
    signs: loadSigns(rootcheck, log),
  };
}
