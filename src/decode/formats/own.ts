import type { Event, Fields, Line } from "../../core/event.ts";
import { findingIn } from "../../core/finding.ts";
import { DecodedEvent, type Read } from "../event.ts";

const nothing: Fields = Object.freeze({});

/** A message of our own. */
export function ownEvent(line: Line): Event {
  const read = { ...undecoded(line), decoder: "stockade", fields: ownFields(line.text) };
  return new DecodedEvent(read, undefined);
}

/** What the integrity process found: it names its decoder and fields itself. */
export function findingEvent(line: Line): Event {
  const finding = findingIn(line.text);
  if (!finding) return new DecodedEvent(undecoded(line), undefined);
  const { at, decoder, location, text, fields } = finding;
  const [fullLog = "", ...evidence] = text.split("\n");
  const read = { ...undecoded(line), at, decoder, location, log: text, fullLog, evidence, fields };
  return new DecodedEvent(read, undefined);
}

function undecoded({ text, receivedAt, location }: Line): Read {
  return {
    at: receivedAt,
    host: undefined,
    program: undefined,
    location,
    log: text,
    fullLog: text,
    decoder: undefined,
    category: "ossec",
    fields: nothing,
  };
}

/** What Stockade says when this side called one that a signature knows. */
const calledOut = /^stockade: called out: (\S+) port (\d+) to (\S+) port (\d+):/;

/** The ends of a connection that a message of our own names. */
function ownFields(text: string): Fields {
  const found = calledOut.exec(text);
  if (!found) return nothing;
  const [, srcip = "", srcport = "", dstip = "", dstport = ""] = found;
  return { srcip, srcport, dstip, dstport };
}
