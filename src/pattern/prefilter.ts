import type { Pattern } from "./pattern.ts";

/** Tells cheaply which patterns cannot match a text. */
export interface Prefilter {
  /** Looks at a text; `mayMatch` then speaks of that one. */
  scan(text: string): void;
  /** Whether the pattern of that number may match the text. */
  mayMatch(index: number): boolean;
}

export function openPrefilter(_patterns: readonly Pattern[]): Prefilter {
  return { scan: () => {}, mayMatch: () => true };
}
