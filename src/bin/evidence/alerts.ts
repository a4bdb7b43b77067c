import * as z from "zod";
import { blockable } from "../../core/block.ts";
import { readPlainEnd } from "../plain-file.ts";

/** An alert as alerts.json has it, as far as it tells whom it is about and why nothing followed. */
const Told = z.object({
  id: z.string(),
  TimeStamp: z.number(),
  rule: z.object({ sidid: z.number(), level: z.number(), comment: z.string() }),
  full_log: z.string().optional(),
  logfile: z.string().optional(),
  srcip: z.string().optional(),
  verdict: z
    .object({ class: z.string(), reason: z.string(), remote: z.string().optional() })
    .optional(),
});
export type ToldAlert = z.infer<typeof Told>;

/** The end of the file that is looked through. */
const mostBytes = 4 << 20;

/** The last alerts about a network (canonical text of a block) in the newest part of alerts.json, the newest first. */
export function lastAlerts(file: string, network: string, count: number): ToldAlert[] {
  const found: ToldAlert[] = [];
  for (const line of endOf(file).split("\n").reverse()) {
    const alert = isAbout(line, network) ? readAlert(line) : undefined;
    if (alert) found.push(alert);
    if (found.length >= count) break;
  }
  return found;
}

function isAbout(line: string, network: string): boolean {
  for (const [, address = ""] of line.matchAll(/"(?:srcip|remote)":"([^"]{2,45})"/g)) {
    if (blockable(address)?.text === network) return true;
  }
  return false;
}

function readAlert(line: string): ToldAlert | undefined {
  try {
    return Told.parse(JSON.parse(line));
  } catch {
    // The first line of the part may be half a line.
    return undefined;
  }
}

function endOf(file: string): string {
  try {
    return readPlainEnd(file, mostBytes);
  } catch {
    // alerts.json is not written here.
    return "";
  }
}
