/** What a block of bytes is made for: some hundred lines. */
const usual = 1 << 16;
/** Blocks that wait to be used again. */
const mostSpare = 4;

interface Block {
  readonly bytes: Buffer;
  used: number;
  /** How many of the texts in it are still kept. */
  kept: number;
}

/**
 * Keeps texts, by the place they are given, in bytes outside of the heap: as strings, thousands of lines that live just
 * long enough to be moved twice made the collection of garbage a tenth of the price of judging a line. Places are
 * dropped about in the order in which they were filled.
 */
export class KeptTexts {
  #last: Block = block(usual);
  #spare: Block[] = [];
  readonly #blocks: (Block | undefined)[];
  readonly #begins: Int32Array;
  readonly #ends: Int32Array;

  /** Has that many places. */
  constructor(size: number) {
    this.#blocks = new Array(size).fill(undefined);
    this.#begins = new Int32Array(size);
    this.#ends = new Int32Array(size);
  }

  /** Fills a place, which must be empty. */
  set(place: number, text: string): void {
    const isShort = text.length * bytesPerUnit <= usual;
    const most = isShort ? text.length * bytesPerUnit : Buffer.byteLength(text);
    if (most > this.#last.bytes.length - this.#last.used) this.#begin(most);
    const last = this.#last;
    this.#blocks[place] = last;
    this.#begins[place] = last.used;
    last.used += last.bytes.write(text, last.used);
    this.#ends[place] = last.used;
    last.kept += 1;
  }

  at(place: number): string {
    const bytes = this.#blocks[place]?.bytes;
    return bytes?.toString("utf8", this.#begins[place], this.#ends[place]) ?? "";
  }

  /** Empties a place. */
  drop(place: number): void {
    const holding = this.#blocks[place];
    this.#blocks[place] = undefined;
    if (!holding) return;
    holding.kept -= 1;
    if (holding.kept === 0 && holding !== this.#last) this.#save(holding);
  }

  #begin(most: number): void {
    const before = this.#last;
    this.#last = (most > usual ? undefined : this.#spare.pop()) ?? block(Math.max(most, usual));
    if (before.kept === 0) this.#save(before);
  }

  #save(empty: Block): void {
    if (empty.bytes.length > usual || this.#spare.length >= mostSpare) return;
    empty.used = 0;
    this.#spare.push(empty);
  }
}

/** No UTF-16 code unit takes more in UTF-8. */
const bytesPerUnit = 3;

function block(size: number): Block {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, kept: 0 };
}
