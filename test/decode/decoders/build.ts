import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../../../src/core/event.ts";
import { type DecodeOptions, openDecoder } from "../../../src/decode/decode.ts";
import type { Decoders } from "../../../src/decode/decoders/decoder.ts";
import { loadDecoders } from "../../../src/decode/decoders/load.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-decoders-"));

/** Loads decoders that are written here, as one file called "d.xml". */
export function decodersOf(xml: string): Decoders {
  const file = join(folder, "d.xml");
  writeFileSync(file, xml);
  return loadDecoders([file]);
}

/** The message of the refusal, with the folder cut off. */
export function refusalOf(xml: string): string {
  try {
    decodersOf(xml);
  } catch (error) {
    return error instanceof Error ? error.message.replace(`${folder}/`, "") : String(error);
  }
  return "no refusal";
}

/** Decodes messages of a program, or without one, in OSSEC's way unless told. */
export function decodeBy(
  xml: string,
  options: DecodeOptions = { compatible: true },
): (log: string, program?: string) => Event {
  const decode = openDecoder(decodersOf(xml), options);
  return (log, program) => {
    const text = program === undefined ? log : `Dec 29 10:00:01 h ${program}: ${log}`;
    return decode({ text, format: "syslog", location: "stdin", receivedAt: 1_767_000_000_000 });
  };
}

/** One `<decoder>`. */
export function decoder(name: string, ...elements: readonly string[]): string {
  return `<decoder name="${name}">${elements.join("")}</decoder>\n`;
}
