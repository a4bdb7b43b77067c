import type { Fields } from "../../core/event.ts";

/** What Stockade says when this side called one that a signature knows. */
const calledOut = /^stockade: called out: (\S+) port (\d+) to (\S+) port (\d+):/;

const nothing: Fields = Object.freeze({});

/** The ends of a connection that a message of our own names. */
export function ownFields(text: string): Fields {
  const found = calledOut.exec(text);
  if (!found) return nothing;
  const [, srcip = "", srcport = "", dstip = "", dstport = ""] = found;
  return { srcip, srcport, dstip, dstport };
}
