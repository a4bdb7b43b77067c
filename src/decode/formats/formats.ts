import type { LogFormat } from "../../core/event.ts";
import { readEve } from "./eve.ts";
import { hostInfoReader, type KnownHosts } from "./host-info.ts";
import { readJson } from "./json.ts";
import type { FormatReader } from "./reading.ts";
import { snortFastReader } from "./snort-fast.ts";

/** The formats that need no decoders, each with a new reader. */
export function formatReaders(hosts: KnownHosts): ReadonlyMap<LogFormat, FormatReader> {
  return new Map<LogFormat, FormatReader>([
    ["snort-fast", snortFast()],
    ["eve", readEve],
    ["json", readJson],
    ["nmapg", hostInfoReader(hosts)],
  ]);
}

function snortFast(): FormatReader {
  const read = snortFastReader();
  return (text, receivedAt) => {
    const alert = read(text, receivedAt);
    return alert && { ...alert, decoder: "snort-fast", category: "ids" };
  };
}
