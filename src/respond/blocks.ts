import { type Address, familyOf } from "../core/address.ts";
import {
  type Block,
  type BlockRequest,
  coveredBy,
  maxBlockSeconds,
  type ResponseName,
} from "../core/block.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Entry } from "./active-responses.ts";
import type { BlocksFile } from "./blocks-file.ts";
import type { Guard } from "./guard.ts";
import { Lane, type Outcome } from "./lane.ts";
import type { Response } from "./response.ts";
import { type Clocks, jumpDetector } from "./steady-clock.ts";

/** What the blocks are kept with. */
export interface Means {
  readonly responses: readonly Response[];
  readonly guard: Guard;
  readonly file: BlocksFile;
  readonly journal: { write(entry: Entry): Promise<void> };
  readonly clocks: Clocks;
  readonly log: Log;
  readonly maxLive?: Readonly<Record<ResponseName, number>>;
}

/** Live blocks, of each family: an ipset of ours holds 131,072 entries, and libwrap reads its whole file for every connection. */
const defaultMaxLive = { "firewall-drop": 100_000, "host-deny": 10_000 } as const;

/** Sleep no longer than this, so that a clock that was set is noticed. */
const maxSleepMilliseconds = 60_000;

/** A block with less time left than this is not put back any more: it would be over before it is there. */
const notWorthwhileMilliseconds = 2000;

/**
 * All live blocks and their ends. Stopping lifts nothing: the kernel ends what firewall-drop placed on time, and
 * lines in /etc/hosts.deny whose time has come are taken away by the next start.
 */
export class Blocks {
  readonly #means: Means;
  readonly #lanes: readonly Lane[];
  readonly #jump: () => number;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(means: Means) {
    this.#means = means;
    this.#jump = jumpDetector(means.clocks);
    this.#lanes = means.responses.map((response) => new Lane(response));
  }

  /** Resolves when the block is in force, or with the reason why it is not. */
  async block(request: BlockRequest): Promise<Outcome> {
    this.#followClock();
    const { response, address, seconds, rule, alert } = request;
    const lane = this.#laneFor(response, address);
    const network = coveredBy(address);
    const reason = this.#means.guard.refusal(network) ?? this.#refusal(lane, network.text);
    if (!lane || reason !== undefined) return { ok: false, reason: reason ?? "" };
    const since = this.#means.clocks.wall();
    const until = since + seconds * 1000;
    const fresh = { response, address, network: network.text, since, until, rule, alert };
    const outcome = await lane.place(fresh, (block) => this.#note("add", block));
    if (!outcome.ok) return outcome;
    this.#wakeAt(outcome.block.until);
    this.#save();
    return outcome;
  }

  /**
   * Lifts whatever covers the address and resolves to what that was. The kernel is asked even for an address that is
   * not known here, so that the admin's word is always the last. Throws a Failure when the system says no.
   */
  async unblock(address: Address): Promise<Block[]> {
    const network = coveredBy(address).text;
    const lanes = this.#lanes.filter(({ response }) =>
      response.families.includes(familyOf(address)),
    );
    const lifted = lanes.flatMap((lane) =>
      this.#forget(lane, (block) => block.network === network),
    );
    const asked = lanes.filter(
      ({ response }) =>
        response.refusal() === undefined ||
        lifted.some((block) => block.response === response.name),
    );
    const ends = await Promise.allSettled(asked.map((lane) => lane.release([network])));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw new Failure(reasonOf(failed.reason), { exitCode: 69 });
    return lifted;
  }

  /** All blocks in force, with the times of the clock as it is set now. */
  list(): Block[] {
    this.#followClock();
    return this.#lanes.flatMap((lane) => lane.list());
  }

  /**
   * Takes over what was in force when the last process ended, for the time that remains. Resolves to what had to be
   * put in place for that.
   */
  async restore(): Promise<string[]> {
    const now = this.#means.clocks.wall();
    const saved = (await this.#means.file.load()).map((block) => withinBounds(block, now));
    const over: Block[] = [];
    for (const block of saved) {
      const lasts = block.until > now && !this.#isUntouchable(block);
      if (lasts) this.#laneFor(block.response, block.address)?.adopt(block);
      else over.push(block);
    }
    await this.#spare();
    const placed = await this.reconcile();
    for (const block of over) this.#note("delete", block);
    await Promise.all(this.#lanes.map((lane) => this.#release(lane, over)));
    this.#save();
    this.#wakeAt(now + maxSleepMilliseconds);
    for (const block of this.list()) this.#wakeAt(block.until);
    return placed;
  }

  /** Puts right what somebody else has changed, and tries again what could not work. Resolves to what that was. */
  async reconcile(): Promise<string[]> {
    this.#followClock();
    const until = this.#means.clocks.wall() + notWorthwhileMilliseconds;
    const repaired = this.#lanes.map((lane) =>
      lane.reconcile(until).catch((error: unknown) => {
        this.#means.log.error(`${lane.response.name}: ${reasonOf(error)}`);
        return [];
      }),
    );
    return (await Promise.all(repaired)).flat();
  }

  /** Has the system spare what is untouchable now, and lifts blocks of what has become so; resolves to those. */
  async liftUntouchable(): Promise<Block[]> {
    await this.#spare();
    return this.#end((block) => this.#isUntouchable(block));
  }

  /** Ends the timer and saves. Blocks stay. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#wakesAt = Number.NEGATIVE_INFINITY;
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
    await this.#means.file.save(() => this.list());
  }

  #laneFor(name: ResponseName, address: Address): Lane | undefined {
    return this.#lanes.find(
      ({ response }) => response.name === name && response.families.includes(familyOf(address)),
    );
  }

  #refusal(lane: Lane | undefined, network: string): string | undefined {
    if (!lane) return "there is no such response here";
    const limit = (this.#means.maxLive ?? defaultMaxLive)[lane.response.name];
    if (lane.size >= limit && !lane.has(network))
      return `${limit} blocks are live, which is the limit`;
    return lane.response.refusal();
  }

  #isUntouchable(block: Block): boolean {
    const reason = this.#means.guard.refusal(coveredBy(block.address));
    if (reason !== undefined) this.#means.log.warn(`lifting ${block.response}: ${reason}`);
    return reason !== undefined;
  }

  async #spare(): Promise<void> {
    const untouchables = this.#means.guard.untouchables();
    // Nothing is known yet; what was told to the kernel in an earlier life still holds.
    if (untouchables.length === 0) return;
    await this.#eachLane((lane) => lane.spare(untouchables));
  }

  /** Trouble with one lane is logged and stops no other. */
  async #eachLane(work: (lane: Lane) => Promise<void>): Promise<void> {
    const each = this.#lanes.map((lane) =>
      work(lane).catch((error: unknown) =>
        this.#means.log.error(`${lane.response.name}: ${reasonOf(error)}`),
      ),
    );
    await Promise.all(each);
  }

  async #end(isOver: (block: Block) => boolean): Promise<Block[]> {
    const ends = this.#lanes.map(async (lane) => {
      const over = this.#forget(lane, isOver);
      await this.#release(lane, over);
      return over;
    });
    return (await Promise.all(ends)).flat();
  }

  #forget(lane: Lane, isOver: (block: Block) => boolean): Block[] {
    const over = lane.forget(isOver);
    for (const block of over) this.#note("delete", block);
    if (over.length > 0) this.#save();
    return over;
  }

  /** Trouble is only logged: the kernel ends its entries itself, and hosts.deny is put right by the next reconcile. */
  async #release(lane: Lane, blocks: readonly Block[]): Promise<void> {
    const own = blocks.filter(({ response, address }) => this.#laneFor(response, address) === lane);
    await lane
      .release(own.map((block) => block.network))
      .catch((error: unknown) =>
        this.#means.log.error(`${lane.response.name}: ${reasonOf(error)}`),
      );
  }

  #note(verb: Entry["verb"], block: Block): void {
    void this.#means.journal.write({ verb, block, at: this.#means.clocks.wall() });
  }

  #save(): void {
    void this.#means.file.save(() => this.list());
  }

  #followClock(): void {
    const jump = this.#jump();
    if (jump === 0) return;
    this.#means.log.warn(
      `the clock was set by ${Math.round(jump / 1000)} s, blocks keep their length`,
    );
    for (const lane of this.#lanes) lane.shift(jump);
  }

  #wakeAt(until: number): void {
    if (until >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = until;
    const sleep = Math.min(maxSleepMilliseconds, Math.max(0, until - this.#means.clocks.wall()));
    this.#timer = setTimeout(() => void this.#wake(), sleep);
  }

  async #wake(): Promise<void> {
    this.#followClock();
    const now = this.#means.clocks.wall();
    const ended = this.#end((block) => block.until <= now);
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const ends = this.#lanes.flatMap((lane) => lane.list().map((block) => block.until));
    this.#wakeAt(ends.reduce((a, b) => Math.min(a, b), now + maxSleepMilliseconds));
    await ended;
  }
}

/** Whatever a file or a clock says, no block lasts longer than it was meant to. Its network follows from its address. */
function withinBounds(block: Block, now: number): Block {
  const planned = Math.min(block.until - block.since, maxBlockSeconds * 1000);
  const until = Math.min(block.until, now + planned);
  return {
    ...block,
    network: coveredBy(block.address).text,
    until,
    since: Math.min(block.since, now),
  };
}
