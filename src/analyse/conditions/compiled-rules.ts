import type { Event } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";

/**
 * What `<compiled_rule>` can name (OSSEC's generic_samples.c). Throws a `Failure` for another name.
 *
 * `is_valid_crawler` of OSSEC holds for a line that begins with one of seven address ranges that search engines once had,
 * and else asks the reverse DNS of the client, whose answer it compares with what it cannot equal. So whoever owns that
 * zone can stop the reading of logs. `compatible` looks at the beginning alone, which gives the same verdicts. Ours never
 * holds: who rents an address there today would go unseen.
 */
export function compiledRule(name: string, compatible: boolean): (event: Event) => boolean {
  if (name === "is_valid_crawler" && compatible) return isOldCrawler;
  const found = compiledRules.get(name);
  if (found) return found;
  throw new Failure(`is "${name}", expected ${[...compiledRules.keys()].join(", ")}`);
}

const compiledRules: ReadonlyMap<string, (event: Event) => boolean> = new Map([
  ["check_id_size", ({ fields }) => Buffer.byteLength(fields["id"] ?? "") >= 10],
  ["comp_srcuser_dstuser", isSameUser],
  ["comp_mswin_targetuser_calleruser_diff", ({ log }) => isAnotherCaller(log)],
  ["is_simple_http_request", isSimpleRequest],
  ["is_valid_crawler", () => false],
]);

/** An event that lacks one of the two is taken to be about one user. */
function isSameUser({ fields: { srcuser, dstuser } }: Event): boolean {
  return srcuser === undefined || dstuser === undefined || srcuser === dstuser;
}

/** Whether a Windows event names another caller than target. The target's name ends at a tab or two blanks, or with the line. */
function isAnotherCaller(log: string): boolean {
  const target = log.indexOf(":", log.indexOf("Target Account Name"));
  const caller = log.indexOf(":", log.indexOf("Caller User Name"));
  const hasBoth = log.includes("Target Account Name") && log.includes("Caller User Name");
  if (!hasBoth || target < 0 || caller < 0) return false;
  for (let index = 1; target + index < log.length; index++) {
    if (log[target + index] !== log[caller + index]) return true;
    if (log[target + index] === "\t" || log.startsWith("  ", target + index)) return false;
  }
  return false;
}

function isSimpleRequest({ fields: { url, action = "GET" } }: Event): boolean {
  return url !== undefined && action.toUpperCase() === "GET" && !url.includes("?");
}

const oldCrawlers = ["72.14.", "209.85.", "65.55.", "207.46.", "74.6.", "72.30.", "67.195."];

function isOldCrawler({ log }: Event): boolean {
  return oldCrawlers.some((start) => log.startsWith(start));
}
