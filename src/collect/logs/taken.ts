import type { Reading } from "../join/entries.ts";

/** What was read: lines or entries, and for each the byte of its file at which it begins, where that is known. */
export interface Taken {
  readonly texts: readonly string[];
  readonly offsets: readonly (number | undefined)[];
}

export const nothingTaken: Taken = { texts: [], offsets: [] };

/** Empty lines say nothing. */
export function withoutEmpty({ lines, lengths, end }: Reading): Taken {
  const texts: string[] = [];
  const offsets: number[] = [];
  let offset = end;
  for (const length of lengths) offset -= length;
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index] ?? "";
    if (text !== "") {
      texts.push(text);
      offsets.push(offset);
    }
    offset += lengths[index] ?? 0;
  }
  return { texts, offsets };
}
