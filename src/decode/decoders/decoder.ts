import type { Category } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import type { Plugin } from "../plugins/plugin.ts";

/** Where a pattern begins to look: behind the parent's prematch, its own prematch, or the regex before it in a chain. */
export type Offset = "after_parent" | "after_prematch" | "after_regex";

/** One `<decoder>`, placed among the others. */
export interface Decoder {
  /** What events call it: its parent's name, or its own with `<use_own_name>`. */
  readonly name: string;
  /** The `name` attribute. */
  readonly ownName: string;
  readonly program: Pattern | undefined;
  readonly prematch: Pattern | undefined;
  /** Whether the prematch looks behind the parent's, not at the whole message. */
  readonly prematchAfterParent: boolean;
  readonly regex: Pattern | undefined;
  /** Where the regex looks; undefined: at the whole message. */
  readonly offset: Offset | undefined;
  /** The names of what the regex captures, in the order of its groups. */
  readonly order: readonly string[];
  /** Those of `order` that OSSEC has no slot for, by their place; undefined when there are none. */
  readonly dynamic: readonly (string | undefined)[] | undefined;
  readonly fts: readonly string[] | undefined;
  readonly category: Category;
  readonly accumulate: boolean;
  readonly plugin: Plugin | undefined;
  /**
   * Those that name this one as `<parent>`, in the order of the files. A chain is one whose prematch decides and the
   * siblings whose regexes are tried after its own; most have one member.
   */
  readonly chains: readonly (readonly Decoder[])[];
  readonly file: string;
  readonly line: number;
}

/** All decoders, in the order of the files: those asked for lines with a program name, and those for lines without. */
export interface Decoders {
  readonly withProgram: readonly Decoder[];
  readonly withoutProgram: readonly Decoder[];
  /** Every name that `<decoded_as>` may ask for. */
  readonly names: ReadonlySet<string>;
}
