import type { Event } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";

/**
 * What `<compiled_rule>` can name (OSSEC's generic_samples.c). Throws a `Failure` for another name.
 *
 * `is_valid_crawler` never holds: OSSEC asks the reverse DNS of the client there, and compares the answer with what it
 * cannot equal. All it does is to let whoever owns that zone stop the reading of logs.
 */
export function compiledRule(name: string): (event: Event) => boolean {
  const found = compiledRules.get(name);
  if (found) return found;
  throw new Failure(`is "${name}", expected ${[...compiledRules.keys()].join(", ")}`);
}

const compiledRules: ReadonlyMap<string, (event: Event) => boolean> = new Map([
  ["check_id_size", ({ fields }) => (fields["id"]?.length ?? 0) >= 10],
  ["comp_srcuser_dstuser", isSameUser],
  ["comp_mswin_targetuser_calleruser_diff", ({ log }) => isAnotherCaller(log)],
  ["is_simple_http_request", isSimpleRequest],
  ["is_valid_crawler", () => false],
]);

/** An event that lacks one of the two is taken to be about one user. */
function isSameUser({ fields: { srcuser, dstuser } }: Event): boolean {
  return srcuser === undefined || dstuser === undefined || srcuser === dstuser;
}

/** Whether a Windows event names another "Caller User Name" than "Target User Name"; a name ends at a tab or two blanks. */
function isAnotherCaller(log: string): boolean {
  const [target, caller] = ["Target User Name", "Caller User Name"].map((label) =>
    nameAfter(log, label),
  );
  return target !== undefined && caller !== undefined && target !== caller;
}

function nameAfter(log: string, label: string): string | undefined {
  const from = log.indexOf(label);
  if (from < 0) return undefined;
  const rest = log.slice(from + label.length);
  const end = rest.search(/\t| {2}/);
  return end < 0 ? rest : rest.slice(0, end);
}

function isSimpleRequest({ fields: { url, action } }: Event): boolean {
  return url !== undefined && (action === undefined || action === "GET") && !url.includes("?");
}
