import type { Alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import type { AlertVerdict } from "../core/verdict.ts";

/** Below it are single alerts of priority 2, which many a program sets off that means no harm. */
const leastLevel = 9;
const againSeconds = 3600;
const maxRemembered = 10_000;

/**
 * Says what has to be told of an alert whose verdict is that our side called out, as a message of Stockade's own: rule
 * 309020 raises the alarm. Once an hour for the same ends and signature; all time is the events'.
 */
export function openCompromise(): (alert: Alert) => string | undefined {
  const told = new Map<string, number>();
  const isTold = (key: string, at: number) => {
    const before = told.get(key) ?? Number.NEGATIVE_INFINITY;
    if (Math.abs(at - before) < againSeconds * 1000) return true;
    if (told.size >= maxRemembered) told.clear();
    told.set(key, at);
    return false;
  };
  return ({ rule, event }) => {
    const { verdict, fields, at } = event;
    if (verdict?.class !== "called-out" || rule.level < leastLevel) return undefined;
    const signature = signatureIn(fields);
    if (isTold(`${verdict.local} ${verdict.remote} ${signature}`, at)) return undefined;
    return `stockade: called out: ${endsOf(verdict, fields)}: signature ${signature}, rule ${rule.id}`;
  };
}

function signatureIn({ gid = "1", sid = "0", msg = "" }: Event["fields"]): string {
  return `${gid}:${sid} "${msg}"`;
}

function endsOf(
  { local, remote }: AlertVerdict,
  { srcport = "0", dstport = "0" }: Event["fields"],
): string {
  return `${local} port ${srcport} to ${remote} port ${dstport}`;
}
