import type { Untouchable } from "../config/untouchables.ts";
import type { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import { BlockEnds } from "./block-ends.ts";
import { type Comparing, comparing } from "./comparing.ts";
import { type Gathering, gather } from "./gather.ts";
import { again, forgetting, isMore, type Live, shifted } from "./live.ts";
import type { BlockChange, Response } from "./response.ts";

export type Outcome =
  | { readonly ok: true; readonly block: Block }
  /**
   * `isRight`: it must not be, or is not wanted any more; nothing has failed. `ended`: what was in force of it, and must not be any
   * more either.
   */
  | {
      readonly ok: false;
      readonly reason: string;
      readonly isRight?: true;
      readonly ended?: Block | undefined;
    };

type Record = (changes: readonly BlockChange[]) => Promise<void>;
type Refusal = (block: Block) => string | undefined;

/** The live blocks of one response, each network once. Knows no clock: others say what has ended. */
export class Lane {
  readonly response: Response;
  readonly #live = new Map<string, Live>();
  readonly #changes: Gathering<BlockChange>;
  readonly #record: Record;
  readonly #refusal: Refusal;
  readonly #refused = new WeakMap<BlockChange, Outcome & { ok: false }>();
  readonly #comparing: Comparing;
  readonly #ends = new BlockEnds((network) => this.#standing(network));

  /**
   * `record` makes changes outlast the process; it is asked before the system is, so that nothing is placed unknown. `refusal`
   * says why a block must not be, and is asked for each at the last moment.
   */
  constructor(response: Response, record: Record, refusal: Refusal) {
    this.response = response;
    this.#record = record;
    this.#refusal = refusal;
    this.#changes = gather(async (changes) => {
      for (const change of changes)
        this.#comparing.note(change.verb === "add" ? change.block.network : change.network);
      await record(changes);
      const { fit, undone } = this.#sift(changes);
      if (undone.length > 0) void record(undone);
      if (fit.length > 0) await response.apply(fit, () => this.all());
    });
    this.#comparing = comparing((work) => this.#changes.inTurn(work));
  }

  get size(): number {
    return this.#live.size;
  }

  has(network: string): boolean {
    return this.#live.has(network);
  }

  /** Whether the response is for networks of this family at all. */
  serves(network: string): boolean {
    return this.response.families.includes(network.includes(":") ? 6 : 4);
  }

  /** Of blocks in force, and of those that are about to be. */
  networks(isMeant: (block: Block) => boolean): Set<string> {
    return new Set(this.all().flatMap((block) => (isMeant(block) ? [block.network] : [])));
  }

  /** Blocks that are in force, or those of them that `isMeant` picks. */
  list(isMeant: (block: Block) => boolean = () => true): Block[] {
    const meant: Block[] = [];
    for (const { inForce, block } of this.#live.values())
      if (inForce && isMeant(block)) meant.push(block);
    return meant;
  }

  /** Those, and blocks that are about to be. */
  all(): Block[] {
    return [...this.#live.values()].map(({ block }) => block);
  }

  /** The block in force that ends first, of all or of those that only rules want. */
  soonest(ofRules = false): Block | undefined {
    return this.#ends.first(ofRules);
  }

  /**
   * Resolves when the block is in force. One that is there already keeps its beginning, rule and alert, counts one more and
   * becomes longer, never shorter; `began` is then not called.
   */
  async place(fresh: Block, began: (block: Block) => void): Promise<Outcome> {
    const live = this.#live.get(fresh.network);
    if (!live) return this.#make({ block: fresh, inForce: undefined, asked: 0 }, began);
    const before = live.block;
    live.block = again(before, fresh);
    if (live.inForce && !isMore(live.block, before)) {
      if (live.inForce === before) live.inForce = live.block;
      return { ok: true, block: live.block };
    }
    return this.#make(live, began);
  }

  /** Takes over a block that an earlier process placed. */
  adopt(block: Block): void {
    this.#live.set(block.network, { block, inForce: block, asked: 0 });
    this.#noteEnd(block);
  }

  /** Forgets the block that ends first, see `soonest`, when that is at `until` or before, and returns it. `release` makes it true. */
  forgetSoonest(until: number, ofRules = false): Block | undefined {
    const block = this.soonest(ofRules);
    if (!block || block.until > until) return undefined;
    this.#delete(block.network);
    return block;
  }

  /** Forgets the blocks that `isOver` picks and returns those that were in force; `release` makes it true. */
  forget(isOver: (block: Block) => boolean): Block[] {
    const over = [...this.#live.values()].filter(({ block }) => isOver(block));
    for (const { block } of over) this.#delete(block.network);
    return over.filter(({ inForce }) => inForce).map(({ block }) => block);
  }

  /** Lets networks through again, whether known here or not. Rejects with the reason. */
  async release(networks: readonly string[]): Promise<void> {
    await Promise.all(networks.map((network) => this.#changes.ask({ verb: "delete", network })));
  }

  /** Moves all times, because the wall clock was set. */
  shift(milliseconds: number): void {
    for (const live of this.#live.values()) {
      const { block, inForce } = live;
      live.block = shifted(block, milliseconds);
      live.inForce = inForce === block ? live.block : inForce && shifted(inForce, milliseconds);
    }
    this.#ends.replace(this.list());
  }

  /** Puts back what is missing of the blocks that last beyond `until`, and says what that was. Blocks need not wait for it. */
  reconcile(until: number): Promise<string[]> {
    const live = () => this.list((block) => block.until > until);
    return this.#comparing.compare((turn) => this.response.reconcile(live, turn));
  }

  /** Hands the list of what is never blocked to the response. Rejects with the reason when it cannot make use of it. */
  spare(untouchables: readonly Untouchable[]): Promise<void> {
    return this.#changes.inTurn(
      async () => await this.response.spare?.(untouchables, () => this.all()),
    );
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#changes.inTurn(async () => undefined);
  }

  #delete(network: string): void {
    this.#comparing.note(network);
    this.#live.delete(network);
  }

  async #make(live: Live, began: (block: Block) => void): Promise<Outcome> {
    const change: BlockChange = { verb: "add", block: live.block };
    this.#comparing.note(live.block.network);
    this.#live.set(live.block.network, live);
    live.asked += 1;
    try {
      await this.#changes.ask(change);
    } catch (error) {
      live.asked -= 1;
      await this.#record(this.#takeBack(live));
      return { ok: false, reason: reasonOf(error) };
    }
    live.asked -= 1;
    const refused = this.#refused.get(change);
    if (refused !== undefined) return refused;
    if (!this.#holds(live))
      return { ok: false, reason: "it was lifted in the same moment", isRight: true };
    const isNew = !live.inForce;
    live.inForce = live.asked === 0 ? live.block : change.block;
    if (isNew) began(live.block);
    this.#noteEnd(live.block);
    return { ok: true, block: live.block };
  }

  /** What may be handed to the system at this moment, and what makes the record of the rest undone. */
  #sift(changes: readonly BlockChange[]): { fit: BlockChange[]; undone: BlockChange[] } {
    const undone: BlockChange[] = [];
    const gone: BlockChange[] = [];
    const fit = changes.filter((change) => {
      const reason = change.verb === "add" ? this.#refusal(change.block) : undefined;
      if (reason === undefined || change.verb === "delete") return true;
      const { takenBack, ended } = this.#takeOut(change.block);
      this.#refused.set(change, { ok: false, reason, isRight: true, ended });
      undone.push(...takenBack);
      if (ended) gone.push(forgetting(ended));
      return false;
    });
    return { fit: [...fit, ...gone], undone };
  }

  /** `ended` was in force until now, and must go from the system, too. */
  #takeOut(wanted: Block): { takenBack: BlockChange[]; ended: Block | undefined } {
    const live = this.#live.get(wanted.network);
    const before = live?.inForce;
    const takenBack = live ? this.#revert(live) : [forgetting(wanted)];
    return { takenBack, ended: this.has(wanted.network) ? undefined : before };
  }

  /** After a failure, unless somebody has asked for it again meanwhile, whose answer then counts, or it was lifted. */
  #takeBack(live: Live): BlockChange[] {
    return live.asked === 0 && this.#holds(live) ? this.#revert(live) : [];
  }

  /** Makes a block what is in force of it. Returns what makes that outlast the process. */
  #revert(live: Live): BlockChange[] {
    const { block, inForce } = live;
    // What rules wanted before somebody wanted it by hand may have become untouchable meanwhile.
    const mayStay = inForce && (inForce.by !== undefined || this.#refusal(inForce) === undefined);
    if (!mayStay) {
      this.#delete(block.network);
      return [forgetting(block)];
    }
    live.block = { ...inForce, count: block.count };
    live.inForce = live.block;
    this.#noteEnd(live.block);
    return [{ verb: "add", block: live.block }];
  }

  #standing(network: string): Block | undefined {
    const live = this.#live.get(network);
    return live?.inForce && live.block;
  }

  #noteEnd(block: Block): void {
    this.#ends.note(block, this.#live.size, () => this.list());
  }

  #holds(live: Live): boolean {
    return this.#live.get(live.block.network) === live;
  }
}
