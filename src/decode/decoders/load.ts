import { readText } from "../../config/load.ts";
import { expandVariables } from "../../config/variables.ts";
import { parseXml } from "../../config/xml.ts";
import type { Decoders } from "./decoder.ts";
import { placeDecoders } from "./place.ts";
import { readDecoder } from "./read.ts";

/**
 * Reads decoder files in OSSEC's language, in the order given: a decoder must stand below the parent it names. Throws a
 * `Failure` with file, line, what was found and what was expected.
 */
export function loadDecoders(files: readonly string[]): Decoders {
  return placeDecoders(
    files.flatMap((file) => {
      const elements = parseXml(readText(file), file, "left out");
      return expandVariables(elements, file).map((element) => readDecoder(element, file));
    }),
  );
}
