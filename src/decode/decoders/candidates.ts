import type { Decoder } from "./decoder.ts";

/** Program names that are remembered; anybody can make up new ones. */
const mostPrograms = 2000;
const longestProgram = 64;

/** Remembers which of the decoders ask for a program of that name, so that their patterns run once for each name. */
export function candidatesByProgram(
  decoders: readonly Decoder[],
): (program: string) => readonly Decoder[] {
  const remembered = new Map<string, readonly Decoder[]>();
  return (program) => {
    const known = remembered.get(program);
    if (known) return known;
    const found = decoders.filter((decoder) => decoder.program?.test(program));
    if (program.length > longestProgram) return found;
    if (remembered.size >= mostPrograms) remembered.clear();
    remembered.set(program, found);
    return found;
  };
}
