import type { Untouchable } from "../config/untouchables.ts";
import type { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import { Ends } from "./ends.ts";
import { type Gathering, gather } from "./gather.ts";
import type { BlockChange, Response } from "./response.ts";

export type Outcome =
  | { readonly ok: true; readonly block: Block }
  /** `isRight`: it must not be, or is not wanted any more; nothing has failed. */
  | { readonly ok: false; readonly reason: string; readonly isRight?: true };

interface Live {
  block: Block;
  /** Whether it is in force: the response has said so. */
  placed: boolean;
}

type Record = (changes: readonly BlockChange[]) => Promise<void>;

/** The live blocks of one response, each network once. Knows no clock: others say what has ended. */
export class Lane {
  readonly response: Response;
  readonly #live = new Map<string, Live>();
  readonly #changes: Gathering<BlockChange>;
  readonly #record: Record;
  readonly #ends = new Ends(({ network, until }) => this.#placed(network)?.until === until);

  /** `record` makes changes outlast the process; it is asked before the system is, so that nothing is placed unknown. */
  constructor(response: Response, record: Record) {
    this.response = response;
    this.#record = record;
    this.#changes = gather(async (changes) => {
      await record(changes);
      await response.apply(changes, () => this.all());
    });
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

  /** Blocks that are in force. */
  list(): Block[] {
    return [...this.#live.values()].filter(({ placed }) => placed).map(({ block }) => block);
  }

  /** Those, and blocks that are about to be. */
  all(): Block[] {
    return [...this.#live.values()].map(({ block }) => block);
  }

  /** The block in force that ends first. */
  soonest(): Block | undefined {
    const end = this.#ends.first();
    return end && this.#placed(end.network);
  }

  /**
   * Resolves when the block is in force. One that is there already keeps its beginning, rule and alert, counts one more and
   * becomes longer, never shorter; `began` is then not called.
   */
  async place(fresh: Block, began: (block: Block) => void): Promise<Outcome> {
    const known = this.#live.get(fresh.network);
    const live = known ?? { block: fresh, placed: false };
    const isLonger = live.block.until < fresh.until;
    if (known) live.block = again(known.block, fresh);
    if (live.placed && !isLonger) return { ok: true, block: live.block };
    this.#live.set(fresh.network, live);
    try {
      await this.#changes.ask({ verb: "add", block: live.block });
    } catch (error) {
      if (!live.placed && this.#holds(live)) {
        this.#live.delete(fresh.network);
        await this.#record([{ verb: "delete", network: fresh.network }]);
      }
      return { ok: false, reason: reasonOf(error) };
    }
    if (!this.#holds(live))
      return { ok: false, reason: "it was lifted in the same moment", isRight: true };
    if (!live.placed) {
      live.placed = true;
      began(live.block);
    }
    this.#noteEnd(live.block);
    return { ok: true, block: live.block };
  }

  /** Takes over a block that an earlier process placed. */
  adopt(block: Block): void {
    this.#live.set(block.network, { block, placed: true });
    this.#noteEnd(block);
  }

  /** Forgets the block that ends first, when that is at `until` or before, and returns it. `release` makes it true. */
  forgetSoonest(until: number): Block | undefined {
    const block = this.soonest();
    if (!block || block.until > until) return undefined;
    this.#live.delete(block.network);
    return block;
  }

  /** Forgets the blocks that `isOver` picks and returns those that were in force; `release` makes it true. */
  forget(isOver: (block: Block) => boolean): Block[] {
    const over = [...this.#live.values()].filter(({ block }) => isOver(block));
    for (const { block } of over) this.#live.delete(block.network);
    return over.filter(({ placed }) => placed).map(({ block }) => block);
  }

  /** Lets networks through again, whether known here or not. Rejects with the reason. */
  async release(networks: readonly string[]): Promise<void> {
    await Promise.all(networks.map((network) => this.#changes.ask({ verb: "delete", network })));
  }

  /** Moves all times, because the wall clock was set. */
  shift(milliseconds: number): void {
    for (const live of this.#live.values()) {
      const { since, until } = live.block;
      live.block = { ...live.block, since: since + milliseconds, until: until + milliseconds };
    }
    this.#ends.replace(this.list());
  }

  /** Puts back what is missing of the blocks that last beyond `until`, and says what that was. */
  reconcile(until: number): Promise<string[]> {
    return this.#changes.inTurn(() =>
      this.response.reconcile(this.list().filter((block) => block.until > until)),
    );
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

  #placed(network: string): Block | undefined {
    const live = this.#live.get(network);
    return live?.placed ? live.block : undefined;
  }

  #noteEnd(block: Block): void {
    // Blocks that were made longer leave ends behind that do not count.
    if (this.#ends.size > 2 * this.#live.size + 100) this.#ends.replace(this.list());
    else this.#ends.add(block);
  }

  #holds(live: Live): boolean {
    return this.#live.get(live.block.network) === live;
  }
}

/** A block that is asked for once more. What somebody wants by hand stays so. */
function again(block: Block, { until, by, why }: Block): Block {
  const wanted = by === undefined ? {} : { by, why };
  return { ...block, ...wanted, until: Math.max(block.until, until), count: block.count + 1 };
}
