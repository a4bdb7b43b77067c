import type { Block } from "../core/block.ts";
import { Ends } from "./ends.ts";

/** Which of the blocks in force ends first: of what rules want, and of what somebody wants by hand. */
export class BlockEnds {
  readonly #standing: (network: string) => Block | undefined;
  readonly #rules = this.#endsOf(false);
  readonly #hands = this.#endsOf(true);

  /** `standing` gives the block in force of a network. */
  constructor(standing: (network: string) => Block | undefined) {
    this.#standing = standing;
  }

  /** Of all, or of those that only rules want. */
  first(ofRules: boolean): Block | undefined {
    const [first, second] = [this.#rules.first(), ofRules ? undefined : this.#hands.first()];
    const end = first && second && second.until < first.until ? second : (first ?? second);
    return end && this.#standing(end.network);
  }

  /** A block has another end; there are so many blocks, and `all` gives them. */
  note(block: Block, count: number, all: () => readonly Block[]): void {
    // Blocks that were made longer leave ends behind that do not count.
    if (this.#rules.size + this.#hands.size > 2 * count + 100) this.replace(all());
    else (block.by === undefined ? this.#rules : this.#hands).add(block);
  }

  /** These are all there are. */
  replace(all: readonly Block[]): void {
    this.#rules.replace(all.filter(({ by }) => by === undefined));
    this.#hands.replace(all.filter(({ by }) => by !== undefined));
  }

  /** Those that do not count are of blocks that have ended, or go on for longer. */
  #endsOf(isByHand: boolean): Ends {
    return new Ends(({ network, until }) => {
      const block = this.#standing(network);
      return block?.until === until && (block.by !== undefined) === isByHand;
    });
  }
}
