import { readText } from "../../config/load.ts";
import { expandVariables } from "../../config/variables.ts";
import { parseXml } from "../../config/xml.ts";
import { mapAll } from "../../core/failure.ts";
import type { Decoders } from "./decoder.ts";
import { placeDecoders } from "./place.ts";
import { readDecoder } from "./read.ts";

/**
 * Reads decoder files in OSSEC's language, in the order given: a decoder must stand below the parent it names. Throws a
 * `Failure` with file, line, what was found and what was expected, of each decoder the first mistake.
 */
export function loadDecoders(files: readonly string[]): Decoders {
  const drafts = mapAll(files, (file) => {
    const elements = parseXml(readText(file), file, "left out");
    return mapAll(expandVariables(elements, file), (element) => readDecoder(element, file));
  });
  return placeDecoders(drafts.flat());
}
