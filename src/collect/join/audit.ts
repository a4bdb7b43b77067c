import { maxLineLength } from "../logs/lines.ts";
import {
  addLine,
  beginEntry,
  dueAt,
  isEndless,
  type Joiner,
  type Limits,
  type OpenEntry,
} from "./joiner.ts";

const limits: Limits = { maxLines: 16, maxLength: maxLineLength, quietMs: 1000 };
const idOf = /^(?:node=\S{1,255} )?type=\S{1,64} msg=audit\((\d{1,12}\.\d{1,9}:\d{1,20})\):/;
/** PROCTITLE is the last record of a system call; auditd leaves out EOE, which other writers keep. */
const last = /^(?:node=\S{1,255} )?type=(?:PROCTITLE|EOE) /;
const mostOpen = 64;

/**
 * auditd's log: the records of one event, which have one number, joined by spaces, although those of others may stand
 * between them. What a program reports itself (a login, a service) is one record, and says so with its own message;
 * text that users choose is written in hexadecimal where it holds a blank or a quote. A line without a number stands
 * for itself.
 */
export function audit<Place>(): Joiner<Place> {
  const open = new Map<string, OpenEntry<Place>>();
  let cut = 0;

  const handOver = (id: string, { isCut, lines }: OpenEntry<Place>): string => {
    open.delete(id);
    if (isCut) cut += 1;
    return lines.join(" ");
  };
  const begin = (id: string, place: Place, now: number) => {
    const [oldest] = open;
    const before = oldest && open.size >= mostOpen ? [handOver(...oldest)] : [];
    const entry = beginEntry(place, now);
    open.set(id, entry);
    return { entry, before };
  };

  return {
    push(line, place, now) {
      const [, id] = idOf.exec(line) ?? [];
      if (id === undefined) return [line];
      const known = open.get(id);
      const { entry, before } = known ? { entry: known, before: [] } : begin(id, place, now);
      const isLast = last.test(line) || line.includes(" msg='");
      addLine(entry, line, now, limits, isLast);
      return isLast || isEndless(entry) ? [...before, handOver(id, entry)] : before;
    },
    expire(now) {
      const due = [...open].filter(([, entry]) => dueAt(entry, limits) <= now);
      return due.map(([id, entry]) => handOver(id, entry));
    },
    heldFrom: () => open.values().next().value?.place,
    dueAt() {
      const times = [...open.values()].map((entry) => dueAt(entry, limits));
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    counts: () => ({ cut, skipped: 0, isMismatch: false }),
  };
}
