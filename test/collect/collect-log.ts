import type { Log } from "../../src/core/log.ts";

/** A log that keeps what it is told, as "level: message". */
export function collectLog(): { log: Log; messages: string[] } {
  const messages: string[] = [];
  const level = (name: string) => (message: string) => void messages.push(`${name}: ${message}`);
  return { log: { info: level("info"), warn: level("warn"), error: level("error") }, messages };
}
