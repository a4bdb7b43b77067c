import type { Event } from "../core/event.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Prefilter, Selection } from "../pattern/prefilter.ts";
import type { Place, ReadyTree } from "./compile.ts";

/** The children of a node that are worth trying, in order, and what finds those of them that the message may fit. */
export interface Siblings {
  readonly places: readonly Place[];
  readonly fitting: Selection | undefined;
}

/** For each node, by its number, the children worth trying: filled in as they are asked for. */
export type Children = (Siblings | undefined)[];

/** Fewer are sooner tried than found. */
const fewPlaces = 8;

export function siblingsOf(places: readonly Place[], prefilter: Prefilter): Siblings {
  if (places.length < fewPlaces) return { places, fitting: undefined };
  return { places, fitting: prefilter.select(places.map(({ ready }) => ready.gates[0])) };
}

/** The children for events of a decoder and a program. */
interface Context {
  readonly decoder: string | undefined;
  readonly program: string | undefined;
  readonly children: Children;
}

/** How many programs, and how many kinds of them, are remembered: a program names itself. */
const mostPrograms = 1000;
const mostKinds = 200;

/**
 * Which children are worth trying hangs on an event's decoder and program alone. Programs that fit the same patterns of
 * the rules are of one kind and share the answer, so names that are made up cost nothing.
 */
export class Contexts {
  readonly #size: number;
  readonly #patterns: readonly Pattern[];
  readonly #byProgram = new Map<string | undefined, Map<string | undefined, Children>>();
  readonly #byKind = new Map<string, Children>();
  #programs = 0;
  #last: Context | undefined;

  constructor({ size, programs }: ReadyTree) {
    this.#size = size;
    const bySource = new Map(programs.map((pattern) => [pattern.source, pattern]));
    this.#patterns = [...bySource.values()];
  }

  childrenFor({ decoder, program }: Event): Children {
    // Mostly the same as of the event before.
    const last = this.#last;
    if (last && last.decoder === decoder && last.program === program) return last.children;
    const children = this.#childrenOf(decoder, program);
    this.#last = { decoder, program, children };
    return children;
  }

  #childrenOf(decoder: string | undefined, program: string | undefined): Children {
    const known = this.#byProgram.get(decoder)?.get(program);
    if (known) return known;
    if (this.#programs >= mostPrograms) {
      this.#byProgram.clear();
      this.#programs = 0;
    }
    this.#programs += 1;
    const children = this.#kind(decoder, program);
    const programs = this.#byProgram.get(decoder) ?? new Map<string | undefined, Children>();
    this.#byProgram.set(decoder, programs.set(program, children));
    return children;
  }

  #kind(decoder: string | undefined, program: string | undefined): Children {
    const fits = this.#patterns.map((pattern) =>
      Number(program !== undefined && pattern.test(program)),
    );
    const kind = `${decoder ?? ""}/${program === undefined}/${fits.join("")}`;
    const known = this.#byKind.get(kind);
    if (known) return known;
    if (this.#byKind.size >= mostKinds) this.#byKind.clear();
    const made: Children = new Array(this.#size);
    this.#byKind.set(kind, made);
    return made;
  }
}
