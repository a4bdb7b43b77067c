import type { CharSet } from "./chars.ts";

/** Where a pattern was found. */
export interface Found {
  /** The index behind its last character. */
  readonly end: number;
  /**
   * What its groups took, in their order. A group that took no part is left out, so that later ones move up; one that
   * took nothing is an empty text (OSSEC's os_regex_execute.c and os_pcre2_execute.c).
   */
  readonly groups: readonly string[];
}

/** A compiled pattern. No pattern takes more than linear time in the length of the text, whoever wrote either. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
  /** The index behind the last character of the leftmost match; -1 when there is none. */
  endIn(text: string): number;
  /** The leftmost match, or undefined. */
  find(text: string): Found | undefined;
  /**
   * Texts in lower case of which every matching text contains at least one, where upper-case ASCII letters of the text are
   * read as lower-case ones, the long s as s and the Kelvin sign as k; undefined when nothing can be said. For prefilters.
   */
  readonly literals: readonly string[] | undefined;
  /**
   * For a pattern that matches nowhere but at the start of a text: the characters that can stand at the first, second, …
   * place there, as far as is known. For `openStarts`.
   */
  readonly start?: readonly CharSet[] | undefined;
}

/** OSSEC's three dialects: `<match>`, `<regex>`, and `<pcre2>` with everything that ends in `_pcre2`. */
export type Dialect = "match" | "regex" | "pcre2";
