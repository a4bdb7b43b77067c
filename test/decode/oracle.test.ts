import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openDecoder } from "../../src/decode/decode.ts";
import { loadDecoders } from "../../src/decode/decoders/load.ts";
import { shared } from "../shared.ts";

const decoders = loadDecoders([shared("conformance/ossec/decoder.xml")]);

/** What real ossec-logtest said of each line. */
interface Judged {
  readonly line: string;
  readonly program_name: string | null;
  readonly hostname: string | null;
  readonly decoder: string | null;
  readonly fields: Record<string, string>;
}

const oracle: Judged[] = readFileSync(shared("conformance/ossec/oracle.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((row) => JSON.parse(row));

test("every line of OSSEC's own verdicts is decoded as OSSEC does", () => {
  const decode = openDecoder(decoders, { compatible: true });
  const wrong = oracle.filter((truth) => {
    const event = decode({ text: truth.line, format: "syslog", location: "stdin", receivedAt: 0 });
    const fields = event.byPlugin ? {} : event.fields;
    const made = {
      program_name: event.program ?? null,
      hostname: event.host ?? null,
      decoder: event.decoder ?? null,
      fields: named(fields),
    };
    const { program_name, hostname, decoder } = truth;
    const asked = { program_name, hostname, decoder, fields: named(truth.fields) };
    return JSON.stringify(made) !== JSON.stringify(asked);
  });
  expect(wrong).toEqual([]);
  expect(oracle).toHaveLength(3631);
});

/** In one order, by ossec-logtest's names. */
function named(fields: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(fields)
    .map(([name, value]): [string, string] => [name === "protocol" ? "proto" : name, value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
