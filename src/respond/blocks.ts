import { type Address, familyOf } from "../core/address.ts";
import {
  type BanRequest,
  type Block,
  type BlockRequest,
  coveredBy,
  isWide,
  type Lifting,
  type ResponseName,
} from "../core/block.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { type Network, parseNetwork } from "../core/network.ts";
import type { Entry } from "./active-responses.ts";
import type { BlocksFile } from "./blocks-file.ts";
import type { Guard } from "./guard.ts";
import { Lane, type Outcome } from "./lane.ts";
import { holds, isMeantBy, type Seen } from "./lifting.ts";
import type { Response } from "./response.ts";
import { type Clocks, jumpDetector } from "./steady-clock.ts";
import { networkOf, wantedBy, withinBounds } from "./wanted.ts";

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
  async block(request: BlockRequest | BanRequest): Promise<Outcome> {
    this.#followClock();
    const { network, fresh } = wantedBy(request, this.#means.clocks.wall());
    const lane = this.#laneFor(fresh.response, fresh.address);
    const reason = this.#means.guard.refusal(network) ?? this.#refusal(lane, network);
    if (!lane || reason !== undefined) return { ok: false, reason: reason ?? "" };
    const outcome = await lane.place(fresh, (block) => this.#note("add", block));
    if (!outcome.ok) return outcome;
    this.#wakeAt(outcome.block.until);
    this.#save();
    return outcome;
  }

  /**
   * Resolves to what was lifted, and to the blocks of wider networks that go on. The kernel is asked even for a network that is
   * not known here, so that the admin's word is always the last. Throws a Failure when the system says no.
   */
  async lift(what: Lifting): Promise<{ lifted: Block[]; remaining: Block[] }> {
    const network = "network" in what ? parseNetwork(what.network) : undefined;
    const lifted = await this.#lift(isMeantBy(what), network?.text);
    return { lifted, remaining: network ? this.#holding(network) : [] };
  }

  /** The same of what rules asked for of an address; what somebody wants by hand stays. */
  unblock(address: Address): Promise<Block[]> {
    const { text } = coveredBy(address);
    const isBanned = this.#lanes.some((lane) => lane.find(text)?.by !== undefined);
    const isOver = ({ network, by }: Block) => network === text && by === undefined;
    return this.#lift(isOver, isBanned ? undefined : text);
  }

  /** What is in force for something of a network, by us and by what the system itself says, and why it is untouchable. */
  async look(network: Network): Promise<Seen> {
    const untouchable = this.#means.guard.refusal(network);
    const held = await Promise.all(this.#lanes.map(({ response }) => response.held?.(network)));
    return { blocks: this.#holding(network), held: held.flatMap((one) => one ?? []), untouchable };
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

  #holding(network: Network): Block[] {
    return this.list().filter((block) => holds(block, network));
  }

  async #lift(isOver: (block: Block) => boolean, network: string | undefined): Promise<Block[]> {
    const asked = this.#lanes.map((lane) => {
      // Also what is only about to be in force.
      const networks = lane.networks(isOver);
      const lifted = this.#forget(lane, isOver);
      if (network !== undefined && lane.serves(network)) networks.add(network);
      const isWorking = lifted.length > 0 || lane.response.refusal() === undefined;
      return { lifted, end: isWorking ? lane.release([...networks]) : undefined };
    });
    const settled = await Promise.allSettled(asked.map(({ end }) => end));
    const failed = settled.find((end) => end.status === "rejected");
    if (failed) throw new Failure(reasonOf(failed.reason), { exitCode: 69 });
    return asked.flatMap(({ lifted }) => lifted);
  }

  #laneFor(name: ResponseName, address: Address): Lane | undefined {
    return this.#lanes.find(
      ({ response }) => response.name === name && response.families.includes(familyOf(address)),
    );
  }

  #refusal(lane: Lane | undefined, wanted: Network): string | undefined {
    if (!lane) return "there is no such response here";
    const network = wanted.text;
    if (isWide(wanted) && !lane.response.takesNetworks)
      return `${lane.response.name} takes one address, not ${network}: use firewall-drop`;
    const limit = (this.#means.maxLive ?? defaultMaxLive)[lane.response.name];
    if (lane.size >= limit && !lane.has(network))
      return `${limit} blocks are live, which is the limit`;
    return lane.response.refusal();
  }

  #isUntouchable(block: Block): boolean {
    const reason = this.#means.guard.refusal(networkOf(block));
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
