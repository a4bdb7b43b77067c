import type { MessagePort } from "node:worker_threads";
import { openReader, type Seen } from "../content.ts";

/** Reads one file after the other for whoever is at the other end, as fast as it can. */
export function readFor(port: MessagePort): void {
  const read = openReader({ spend: () => undefined });
  port.on("message", async (seen: Seen) => port.postMessage(await read(seen, false)));
}
