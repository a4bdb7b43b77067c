import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Paths } from "../../config/paths.ts";
import type { Settings } from "../../config/settings.ts";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import { openBaseline } from "../../integrity/baseline/open.ts";
import type { Threads } from "../../integrity/hashing/pool.ts";
import { Listener } from "../../integrity/listeners/listener.ts";
import { KnownModules } from "../../integrity/modules/modules.ts";
import type { Answer } from "../../integrity/serve/control.ts";
import type { Outbox } from "../../integrity/serve/findings.ts";
import { type Maintenance, openMaintenance } from "../../integrity/window.ts";
import { type StateFile, stateFile } from "../state-file.ts";
import { answersOf } from "./answers.ts";
import { openFirstSetup } from "./first-setup.ts";
import { type Judging, openJudging } from "./judging.ts";
import { type KeyWatching, openKeyWatching } from "./key-watching.ts";
import { watchListeners } from "./listening.ts";
import { watchModules } from "./modules.ts";
import { Rootchecking } from "./rootchecking.ts";
import { Watching } from "./watching.ts";
import { windowFinding } from "./window-words.ts";

const Facts = z.object({
  listeners: z.array(Listener).optional(),
  /** Of the signs of rootkits that stand, see `Sign.key`. */
  signs: z.array(z.string()).optional(),
  modules: KnownModules.optional(),
});
type Facts = z.infer<typeof Facts>;

/** The parts of the settings that it goes by. */
type Wanted = Pick<Settings, "syscheck" | "rootcheck">;

interface Means {
  readonly root: string;
  readonly paths: Paths;
  readonly log: Log;
  readonly clock: () => number;
  /** Read long files where a scan has no rate. */
  readonly threads: Threads;
  /** There is something for the daemon. */
  readonly wake: () => void;
}

/** The integrity process as a whole: looks at files, processes and sockets, and has findings for whoever asks. */
export class IntegrityProcess {
  readonly #means: Means;
  readonly #baseline: Baseline;
  readonly #judging: Judging;
  readonly #maintenance: Maintenance;
  readonly #file: StateFile<Facts>;
  readonly #stopping = new AbortController();
  #facts: Facts;
  #watching: Watching;
  readonly #isEarly: () => boolean;
  readonly #rootchecking: Rootchecking;
  readonly #keys: KeyWatching;
  #isListening = false;
  #settings: Wanted;
  #reloaded = Promise.resolve();

  /** Opens what it keeps, and begins; throws where there is no permission or no room. */
  constructor(means: Means, { syscheck, rootcheck }: Wanted) {
    const settings = { syscheck, rootcheck };
    this.#settings = settings;
    const { root, paths, log, clock } = means;
    const folder = paths.integrityState;
    this.#means = means;
    this.#baseline = openBaseline(folder, { log, clock });
    this.#judging = openJudging({ root, folder, baseline: this.#baseline, clock, log });
    this.#maintenance = openMaintenance(join(folder, "window.json"), clock, log);
    const loss = "what listens, which signs stand and which modules are loaded is learned anew";
    this.#file = stateFile(join(folder, "facts.json"), { schema: Facts, loss }, log);
    this.#facts = this.#file.load() ?? {};
    const isNew = this.#baseline.count === 0;
    this.#isEarly = isNew ? openFirstSetup(root, clock) : () => false;
    this.#keys = openKeyWatching(root, clock, log);
    this.#watching = this.#watch(settings.syscheck, false);
    this.#rootchecking = this.#rootcheck(settings);
  }

  /** What waits for the daemon. */
  get outbox(): Outbox {
    return {
      waiting: (behind, limit) =>
        this.#baseline
          .waiting(limit, behind)
          .map(({ id, finding }) => ({ id, json: JSON.stringify(finding) })),
      dealtWith: (upTo) => this.#baseline.dealtWith(upTo),
    };
  }

  /** What root asks; of what is watched when he asks. */
  readonly answer: Answer = (request) => {
    const { root, clock } = this.#means;
    const watching = this.#watching;
    return answersOf({
      root,
      clock,
      baseline: this.#baseline,
      integrity: watching.integrity,
      maintenance: this.#maintenance,
      realtime: () => watching.realtime,
      nextAt: () => watching.nextAt,
      hiddenBy: watching.hiddenBy,
      endWindow: () => this.#endWindow(true),
    })(request);
  };

  /** Other settings are in force from now on; the same ones change nothing. One change of settings waits for the other. */
  reload({ syscheck, rootcheck }: Wanted): Promise<void> {
    const wanted = { syscheck, rootcheck };
    this.#reloaded = this.#reloaded.then(async () => {
      if (isDeepStrictEqual(wanted, this.#settings)) return;
      this.#settings = wanted;
      await this.#watching.end();
      this.#watching = this.#watch(syscheck);
      this.#rootchecking.reload(wanted);
    });
    return this.#reloaded;
  }

  /** What is due every second. */
  tick(): void {
    this.#endWindow(false);
    if (this.#keys.haveMoved()) this.#watchKeys();
    this.#judging.tellDue((findings) => this.#tell(findings));
    this.#watching.tick();
    if (this.#isEarly()) return;
    if (!this.#isListening) this.#listen();
    this.#rootchecking.tick(this.#watching.integrity.state().scanning);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching.end();
    this.#judging.close();
    this.#baseline.close();
  }

  #watch(settings: Syscheck, isAgain = true): Watching {
    const { root, log, clock, wake, threads } = this.#means;
    return new Watching({
      root,
      log,
      threads,
      clock,
      wake,
      isAgain,
      settings: this.#keys.added(settings),
      isEarly: this.#isEarly,
      baseline: this.#baseline,
      judging: this.#judging,
      maintenance: this.#maintenance,
      tell: (findings) => this.#tell(findings),
    });
  }

  /** Accounts or sshd's settings have keys elsewhere now: what lies there is looked at at once. */
  #watchKeys(): void {
    this.#reloaded = this.#reloaded.then(async () => {
      await this.#watching.end();
      this.#watching = this.#watch(this.#settings.syscheck);
      this.#watching.integrity.suspect(this.#keys.folders());
    });
  }

  #tell(findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    this.#baseline.take([], findings);
    this.#means.wake();
  }

  #keep(facts: Facts): void {
    this.#facts = { ...this.#facts, ...facts };
    this.#file.save(this.#facts);
  }

  #listen(): void {
    this.#isListening = true;
    const { root, clock, log } = this.#means;
    const common = {
      root,
      clock,
      proc: join(root, "proc"),
      owners: this.#judging.owners,
      justInstalled: this.#judging.justInstalled,
      tell: (findings: readonly Finding[]) => this.#tell(findings),
      signal: this.#stopping.signal,
    };
    watchListeners({
      ...common,
      before: this.#facts.listeners,
      keep: (listeners) => this.#keep({ listeners: [...listeners] }),
    }).catch((fault: unknown) => log.error(`who listens is not seen: ${reasonOf(fault)}`));
    watchModules({
      ...common,
      before: this.#facts.modules,
      keep: (modules) => this.#keep({ modules }),
    }).catch((fault: unknown) => log.error(`kernel modules are not seen: ${reasonOf(fault)}`));
  }

  #rootcheck(settings: Wanted): Rootchecking {
    const means = {
      ...this.#means,
      baseline: this.#baseline,
      judging: this.#judging,
      before: () => this.#facts.signs ?? [],
      keep: (signs: readonly string[]) => this.#keep({ signs: [...signs] }),
      tell: (findings: readonly Finding[]) => this.#tell(findings),
      signal: this.#stopping.signal,
    };
    return new Rootchecking(means, settings);
  }

  #endWindow(atOnce: boolean) {
    const over = this.#maintenance.over(atOnce);
    if (!over) return { changes: 0, named: [] };
    this.#tell([windowFinding(over, this.#means.clock())]);
    return { changes: over.changes, named: over.named.map(([path]) => path) };
  }
}
