import type { Address } from "../../core/address.ts";
import { atMost } from "../../core/at-most.ts";
import { coveredBy } from "../../core/block.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import type { ExecutedEntry } from "../active-responses.ts";
import { type Clocks, jumpDetector } from "../steady-clock.ts";
import {
  type Done,
  type Execution,
  keyOf,
  nameOf,
  type Prepared,
  type Program,
} from "./execution.ts";
import type { ExecutionsFile } from "./executions-file.ts";

/** What the executions are kept with. */
export interface Means {
  /** The program that carries an executable out. */
  readonly programOf: (executable: string) => Program;
  readonly file: ExecutionsFile;
  readonly journal: { write(entry: ExecutedEntry): Promise<void> };
  readonly clocks: Clocks;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
}

interface Limits {
  /** Of all commands. */
  readonly live: number;
  /** Of one command that says whom by a user: nobody may have all accounts disabled by trying their names. */
  readonly users: number;
  readonly running: number;
  readonly waiting: number;
}

const usualLimits: Limits = { live: 5000, users: 20, running: 4, waiting: 500 };

const maxSleepMilliseconds = 60_000;
/** An undoing that failed is tried again after this, where it is tried again. */
const againMilliseconds = 60_000;

/**
 * All that commands have done and that is to be undone. Each is on the disk before its program runs with `add`, and stays
 * there until it has run with `delete`: a kill at any moment leaves nothing that is not undone. So `add` is run once at the
 * most, `delete` once at the least. Stopping undoes nothing; the next life goes on, with the times as they were.
 */
export class Executions {
  readonly #means: Means;
  readonly #limits: Limits;
  readonly #live = new Map<string, Execution>();
  /** The last of what is done about each key: one thing at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #places: ReturnType<typeof atMost>;
  readonly #jump: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(means: Means) {
    this.#means = means;
    this.#limits = { ...usualLimits, ...means.limits };
    this.#places = atMost(this.#limits.running);
    this.#jump = jumpDetector(means.clocks);
  }

  /** Nothing is to be undone, and nothing is under way. */
  get isIdle(): boolean {
    return this.#live.size === 0 && this.#turns.size === 0;
  }

  list(): Execution[] {
    return [...this.#live.values()];
  }

  /** Takes over what the last life has left, and undoes what is due. Resolves to how much there was. */
  async restore(): Promise<number> {
    const now = this.#means.clocks.wall();
    for (const one of await this.#means.file.load()) {
      // Whatever the file or the clock says, nothing lasts longer than it was meant to.
      const until = Math.min(one.until, now + Math.max(0, one.until - one.since));
      this.#live.set(keyOf(one), { ...one, until });
    }
    const { size } = this.#live;
    this.#wake();
    return size;
  }

  /**
   * Runs the command; what is live already is not run again, it only lasts for longer. `until` of what has no end is its
   * `since`. Never rejects.
   */
  run(wanted: Execution): Promise<Done> {
    const { since, until, alert } = wanted;
    // What has no end is another thing each time.
    const key = until > since ? keyOf(wanted) : `${keyOf(wanted)} ${alert}`;
    return this.#inTurn(key, () => this.#begin(wanted));
  }

  /** Undoes now what was done about an address, or all of it. Resolves to what that was. */
  async end(address?: Address): Promise<Execution[]> {
    const network = address && coveredBy(address).text;
    const over = this.list().filter(
      (one) => !network || (one.address && coveredBy(one.address).text === network),
    );
    await Promise.all(over.map((one) => this.#undoInTurn(keyOf(one), () => true)));
    return over;
  }

  /** Ends the timer and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#turns.values());
  }

  async #begin(wanted: Execution): Promise<Done> {
    this.#followClock();
    const known = this.#live.get(keyOf(wanted));
    if (known && wanted.until > wanted.since) {
      const longer = { ...known, until: Math.max(known.until, wanted.until) };
      if (!known.hasFailed) return this.#keep(longer);
      return this.#add({ ...longer, hasFailed: false }, "again");
    }
    const reason = this.#fullBy(wanted);
    if (reason !== undefined) return { ok: false, reason };
    const prepared = await this.#prepare(wanted);
    if (!prepared.ok) return prepared;
    const { account } = prepared;
    return this.#add({ ...wanted, ...(account && { account }) }, "new");
  }

  async #prepare(wanted: Execution): Promise<Prepared> {
    try {
      return await this.#means.programOf(wanted.executable).prepare(wanted);
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  }

  async #add(execution: Execution, which: "new" | "again"): Promise<Done> {
    const lasts = execution.until > execution.since;
    // Never done before it is sure to be undone.
    const saved = lasts ? await this.#keep(execution) : ({ ok: true } as const);
    if (!saved.ok) {
      if (which === "new") this.#live.delete(keyOf(execution));
      return saved;
    }
    const done = await this.#carryOut("add", execution);
    if (!done.ok && lasts) await this.#keep({ ...execution, hasFailed: true });
    return done;
  }

  async #keep(execution: Execution): Promise<Done> {
    this.#live.set(keyOf(execution), execution);
    this.#sleep();
    return this.#save();
  }

  async #save(): Promise<Done> {
    try {
      await this.#means.file.save(() => this.list());
      return { ok: true };
    } catch (error) {
      this.#means.log.error(reasonOf(error));
      return { ok: false, reason: reasonOf(error) };
    }
  }

  async #carryOut(verb: "add" | "delete", execution: Execution): Promise<Done> {
    const { programOf, journal, clocks } = this.#means;
    const program = programOf(execution.executable);
    const done = await this.#places
      .run(() => program[verb](execution))
      .catch((error: unknown) => ({ ok: false as const, reason: reasonOf(error) }));
    if (done.ok) {
      const { address = "-", user = "-", alert, rule } = execution;
      const script = program.pathOf(execution.executable);
      void journal.write({
        verb,
        block: { script, address, user, alert, rule },
        at: clocks.wall(),
      });
    }
    return done;
  }

  /** Undoes what `isOver` says of it when its turn has come. */
  #undoInTurn(key: string, isOver: (one: Execution) => boolean): Promise<unknown> {
    return this.#inTurn(key, async () => {
      const one = this.#live.get(key);
      if (!one || !isOver(one) || this.#isClosed) return;
      const done = await this.#carryOut("delete", one);
      if (done.ok || !this.#means.programOf(one.executable).triesAgain) this.#live.delete(key);
      else this.#live.set(key, { ...one, until: this.#means.clocks.wall() + againMilliseconds });
      if (!done.ok)
        this.#means.log.error(`a response failed: ${nameOf(one)} delete: ${done.reason}`);
      await this.#save();
    });
  }

  #fullBy({ command, user }: Execution): string | undefined {
    const { live, users, waiting } = this.#limits;
    if (this.#places.waiting() >= waiting) return `${waiting} commands wait to be run`;
    if (this.#live.size >= live) return `${live} commands are in force, which is the limit`;
    const named = this.list().filter((one) => one.command === command && one.user !== undefined);
    if (user === undefined || named.length < users) return undefined;
    return `${command} is in force for ${users} users, which is the limit`;
  }

  #inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(task);
    const over = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(key) === over) this.#turns.delete(key);
      });
    this.#turns.set(key, over);
    return turn;
  }

  #followClock(): void {
    const jump = this.#jump();
    if (jump === 0) return;
    this.#means.log.warn(
      `the clock was set by ${Math.round(jump / 1000)} s, what lasts keeps its length`,
    );
    for (const [key, one] of this.#live) {
      this.#live.set(key, { ...one, since: one.since + jump, until: one.until + jump });
    }
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    if (this.#live.size === 0 || this.#isClosed) return;
    const next = this.list().reduce((least, { until }) => Math.min(least, until), Infinity);
    const rest = Math.min(maxSleepMilliseconds, Math.max(0, next - this.#means.clocks.wall()));
    this.#timer = setTimeout(() => this.#wake(), rest);
  }

  #wake(): void {
    this.#followClock();
    const isDue = ({ until }: Execution) => until <= this.#means.clocks.wall();
    const due = [...this.#live].filter(([, one]) => isDue(one)).map(([key]) => key);
    void Promise.all(due.map((key) => this.#undoInTurn(key, isDue))).then(() => this.#sleep());
    if (due.length === 0) this.#sleep();
  }
}
