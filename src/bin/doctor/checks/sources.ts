import { printable } from "../../../core/printable.ts";
import { span } from "../../commands/table.ts";
import type { DaemonStatus } from "../../status-file.ts";
import { type Check, type Finding, note, ok, wrong } from "../finding.ts";

/** A log of fewer lines says nothing by its share. */
const manyLines = 500;
const mostUnparsed = 0.9;

/** Each log: lines read, parsed, not parsed, when the last one came. What cannot be read says `stockade status`. */
export const sources: Check = ({ status, now }) => {
  const { daemon } = status;
  if (!daemon) return [note("no daemon runs, so nothing is read")];
  const read = daemon.sources.filter(({ lines, state }) => lines > 0 || state === "following");
  if (read.length === 0) {
    return [wrong("no log is read", "name one in a <localfile> of /etc/stockade/stockade.conf")];
  }
  return read.map((source) => findingOf(source, now));
};

function findingOf(source: DaemonStatus["sources"][number], now: number): Finding {
  const { name, lines, unparsed = 0, lastAt, silentFor } = source;
  const last = lastAt === undefined ? "none came yet" : `the last ${span(now - lastAt)} ago`;
  const text = `${printable(name)}: ${lines} lines, ${lines - unparsed} parsed, ${unparsed} not, ${last}`;
  if (silentFor !== undefined) {
    return wrong(
      `${text}; it never was silent for so long`,
      `look whether its program still writes to ${printable(name)}`,
    );
  }
  if (lines >= manyLines && unparsed > lines * mostUnparsed) {
    return note(`${text}; see what they are: stockade rules coverage ${printable(name)}`);
  }
  return ok(text);
}
