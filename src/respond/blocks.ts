import { type Address, familyOf } from "../core/address.ts";
import type { BanRequest, Block, BlockRequest, Counts, ResponseName } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Network } from "../core/network.ts";
import type { Entry } from "./active-responses.ts";
import { type Alarm, alarm } from "./alarm.ts";
import { blocksOfBefore } from "./before.ts";
import { type BlocksFile, linesFor } from "./blocks-file.ts";
import type { Guard } from "./guard.ts";
import { holds, type Seen } from "./holding.ts";
import { Lane, type Outcome } from "./lane.ts";
import { type Lifter, lifter } from "./lifter.ts";
import { type BlockChange, type Response, troubleOf } from "./response.ts";
import { type Limits, roomFinder } from "./room.ts";
import { type Clocks, jumpDetector } from "./steady-clock.ts";
import { networkOf, refusalBy, wantedBy } from "./wanted.ts";

/** What the blocks are kept with. */
export interface Means {
  readonly responses: readonly Response[];
  readonly guard: Guard;
  /** The same without what the daemon tells: that alone ends what somebody wants by hand. */
  readonly guardOfBans: Guard;
  readonly file: BlocksFile;
  readonly journal: { write(entry: Entry): Promise<void> };
  readonly clocks: Clocks;
  readonly log: Log;
  readonly maxLive?: Limits;
}

const rests = { restMilliseconds: 200, maxSleepMilliseconds: 60_000 };

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
  readonly #alarm: Alarm;
  readonly #room: ReturnType<typeof roomFinder>;
  readonly lift: Lifter["lift"];
  readonly unblock: Lifter["unblock"];

  constructor(means: Means) {
    this.#means = means;
    this.#jump = jumpDetector(means.clocks);
    this.#room = roomFinder(means.log, means.maxLive);
    this.#alarm = alarm(means.clocks.wall, () => void this.#wake(), rests);
    this.#lanes = means.responses.map((response) => {
      const record = (changes: readonly BlockChange[]) =>
        means.file.append(linesFor(response.name, changes), () => this.#all());
      return new Lane(response, record, (block) => means.guard.refusal(networkOf(block)));
    });
    const forget = (lane: Lane, isOver: (block: Block) => boolean) => this.#forget(lane, isOver);
    ({ lift: this.lift, unblock: this.unblock } = lifter(this.#lanes, forget));
  }

  /** Resolves when the block is in force, or with the reason why it is not. */
  async block(request: BlockRequest | BanRequest): Promise<Outcome> {
    this.#followClock();
    const { network, fresh } = wantedBy(request, this.#means.clocks.wall());
    const lane = this.#laneFor(fresh.response, fresh.address);
    if (!lane) return { ok: false, reason: "there is no such response here" };
    const spared = this.#means.guard.refusal(network);
    if (spared !== undefined) return { ok: false, reason: spared, isRight: true };
    const reason = refusalBy(lane.response, network);
    if (reason !== undefined) return { ok: false, reason };
    const room = this.#room(lane, fresh);
    if (!room.ok) return room;
    if (room.ended) {
      this.#note("delete", room.ended);
      const { network: name } = room.ended;
      void this.#eachLane((one) => one.release([name]), [lane]);
    }
    const outcome = await lane.place(fresh, (block) => this.#note("add", block));
    if (outcome.ok) this.#alarm.ringAt(outcome.block.until);
    // What was there before may have ended meanwhile.
    else this.#setAlarm();
    if (!outcome.ok && outcome.ended) this.#note("delete", outcome.ended);
    return outcome;
  }

  /** What is in force for something of a network, by us and by what the system itself says, and why it is untouchable. */
  async look(network: Network): Promise<Seen> {
    const untouchable = this.#means.guard.refusal(network);
    const held = await Promise.all(this.#lanes.map(({ response }) => response.held?.(network)));
    this.#followClock();
    const blocks = this.#lanes.flatMap((lane) => lane.list((block) => holds(block, network)));
    return { blocks, held: held.flatMap((one) => one ?? []), untouchable };
  }

  /** All blocks in force, or `most` of them, with the times of the clock as it is set now. */
  list(most = Number.POSITIVE_INFINITY): Block[] {
    this.#followClock();
    return this.#lanes.flatMap((lane) => lane.list()).slice(0, most);
  }

  count(): Counts {
    const all = this.list();
    const networks = new Set(all.map(({ network }) => network)).size;
    const own = all.flatMap(({ network, by }) => (by === undefined ? [] : [network]));
    return { blocks: all.length, networks, byHand: new Set(own).size };
  }

  /** What does not work as it should, in words. */
  problems(): string[] {
    const each = this.#means.responses.flatMap((one) => troubleOf(one) ?? []);
    return [...new Set(each)];
  }

  /**
   * Takes over what was in force when the last process ended, for the time that remains. Resolves to what had to be
   * put in place for that.
   */
  async restore(): Promise<string[]> {
    const now = this.#means.clocks.wall();
    const saved = await blocksOfBefore(this.#means, now);
    const over: Block[] = [];
    for (const block of saved) {
      const lasts = block.until > now && !this.#isUntouchable(block);
      if (lasts) this.#laneFor(block.response, block.address)?.adopt(block);
      else over.push(block);
    }
    await this.#spare();
    const placed = await this.reconcile();
    for (const block of over) this.#note("delete", block);
    const networksOf = (lane: Lane) =>
      over
        .filter((one) => this.#laneFor(one.response, one.address) === lane)
        .map(({ network }) => network);
    await this.#eachLane((lane) => lane.release(networksOf(lane)));
    void this.#means.file.save(() => this.#all());
    this.#setAlarm();
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
    // Forgotten at once, so that nothing that is under way puts one of them into the system again.
    const over = this.#lanes.map((lane) => {
      const networks = lane.networks((block) => this.#isUntouchable(block));
      return { lane, networks, ended: this.#forget(lane, ({ network }) => networks.has(network)) };
    });
    await this.#spare();
    // Also what was only about to be in force.
    const networksOf = (lane: Lane) => [...(over.find((one) => one.lane === lane)?.networks ?? [])];
    await this.#eachLane((lane) => lane.release(networksOf(lane)));
    return over.flatMap(({ ended }) => ended);
  }

  /** Ends the timer and saves. Blocks stay. */
  async close(): Promise<void> {
    this.#alarm.stop();
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
    await this.#means.file.save(() => this.list());
  }

  #laneFor(name: ResponseName, address: Address): Lane | undefined {
    return this.#lanes.find(
      ({ response }) => response.name === name && response.families.includes(familyOf(address)),
    );
  }

  #isUntouchable(block: Block): boolean {
    const { guard, guardOfBans } = this.#means;
    const reason = (block.by === undefined ? guard : guardOfBans).refusal(networkOf(block));
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
  async #eachLane(work: (lane: Lane) => Promise<void>, lanes = this.#lanes): Promise<void> {
    const each = lanes.map((lane) =>
      work(lane).catch((error: unknown) =>
        this.#means.log.error(`${lane.response.name}: ${reasonOf(error)}`),
      ),
    );
    await Promise.all(each);
  }

  #forget(lane: Lane, isOver: (block: Block) => boolean): Block[] {
    const over = lane.forget(isOver);
    for (const block of over) this.#note("delete", block);
    return over;
  }

  #note(verb: Entry["verb"], block: Block): void {
    void this.#means.journal.write({ verb, block, at: this.#means.clocks.wall() });
  }

  /** All blocks in force or about to be. */
  #all(): Block[] {
    return this.#lanes.flatMap((lane) => lane.all());
  }

  #followClock(): void {
    const jump = this.#jump();
    if (jump === 0) return;
    this.#means.log.warn(
      `the clock was set by ${Math.round(jump / 1000)} s, blocks keep their length`,
    );
    for (const lane of this.#lanes) lane.shift(jump);
    void this.#means.file.save(() => this.#all());
  }

  async #wake(): Promise<void> {
    this.#followClock();
    const now = this.#means.clocks.wall();
    const ended = this.#eachLane(async (lane) => {
      const over: Block[] = [];
      for (let block = lane.forgetSoonest(now); block; block = lane.forgetSoonest(now))
        over.push(block);
      for (const block of over) this.#note("delete", block);
      await lane.release(over.map(({ network }) => network));
    });
    this.#setAlarm();
    await ended;
  }

  #setAlarm(): void {
    const ends = this.#lanes.map((lane) => lane.soonest()?.until ?? Number.MAX_SAFE_INTEGER);
    this.#alarm.ringAt(Math.min(...ends, this.#means.clocks.wall() + rests.maxSleepMilliseconds));
  }
}
