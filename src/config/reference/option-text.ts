/** What is written of an option in docs/configure.md and stockade.conf(5). Code stands between backticks, as in Markdown. */
export interface OptionText {
  /** What it may say, with the unit. "a to b" are whole numbers. */
  readonly values: string;
  /** What holds when nothing is said; absent: nothing does. */
  readonly standard?: string;
  readonly does: string;
}

/** A section's options, each by its name. */
export type SectionTexts = Readonly<Record<string, OptionText>>;
