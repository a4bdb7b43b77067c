/** Cuts a stream of bytes into lines of at most `maxBytes`. */
export interface LineCutter {
  /** The lines that are complete now, or undefined when one is too long; the cutter is of no use any more then. */
  cut(chunk: Buffer): string[] | undefined;
  /** Whether a line has begun and not ended. */
  isWaiting(): boolean;
}

export function lineCutter(maxBytes: number): LineCutter {
  let rest = Buffer.alloc(0);
  return {
    isWaiting: () => rest.length > 0,
    cut(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const lines: string[] = [];
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        if (end - from > maxBytes) return undefined;
        lines.push(bytes.toString("utf8", from, end));
        from = end + 1;
      }
      if (bytes.length - from > maxBytes) return undefined;
      // A copy, so that a few bytes do not keep a large chunk alive.
      rest = Buffer.from(bytes.subarray(from));
      return lines;
    },
  };
}
