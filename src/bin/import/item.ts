/** One thing that another program's configuration asks for, and what became of it. */
export interface Item {
  /** As that configuration writes it, cut short. */
  readonly what: string;
  /** Where it stands: "file:line", or a file. */
  readonly at: string;
  readonly fate: Fate;
  /** Why it was left, or what the admin should know of what was taken. */
  readonly because: string | undefined;
}

export type Fate = "taken" | "left" | "already";

/** Why something need not be taken. */
export const already = "is so already";

/** What an import does: what is written, and what to say of everything that was found. */
export interface Plan {
  readonly items: readonly Item[];
  /** Sections for the settings, as text in their language. */
  readonly settings: readonly string[];
  /** New files by their path below the folder of the settings. */
  readonly files: ReadonlyMap<string, string>;
}

export function taken(what: string, at: string, because?: string): Item {
  return { what, at, fate: "taken", because };
}

export function left(what: string, at: string, because: string): Item {
  return { what, at, fate: because === already ? "already" : "left", because };
}
