import type { Plugged } from "../plugins/plugin.ts";
import { candidatesByProgram, openSieve, type Sieve } from "./candidates.ts";
import type { Decoder, Decoders } from "./decoder.ts";

/** What the decoders made of a message. */
export interface Decoded {
  /** The one that names, types and marks the event: the last whose pattern fitted. */
  readonly decoder: Decoder;
  readonly fields: Record<string, string>;
  readonly plugged: Plugged | undefined;
}

export interface SearchOptions {
  /** Whether a chain's own names for fields get lost, and other OSSECs' alerts are obeyed, as OSSEC does it. */
  readonly compatible: boolean;
  /** Is told each decoder of which a pattern fitted. */
  readonly watch?: ((decoder: Decoder) => void) | undefined;
}

/**
 * Finds the decoder of a message as OSSEC does (decoder.c): lines with a program name are for the decoders that ask for
 * one, the first that fits ends the search, its first child that fits ends the next, and that child's chain of regexes
 * captures. A decoder with children uses neither its own regex nor its plugin.
 */
export function decoderSearch(
  decoders: Decoders,
  options: SearchOptions,
): (log: string, program: string | undefined, location: string) => Decoded | undefined {
  const withProgram = candidatesByProgram(decoders.withProgram.map(placed));
  const withoutProgram = decoders.withoutProgram.map(placed);
  const sieve = openSieve(decoders.withoutProgram);
  return (log, program, location) => {
    const found =
      program === undefined
        ? firstSifted(withoutProgram, sieve, log)
        : firstOf(withProgram(program), log);
    if (!found) return undefined;
    options.watch?.(found.one.decoder);
    return within(found.one, { log, location, end: found.end, options });
  };
}

/** A top-level decoder with what finds the one of its chains that fits. */
interface Placed {
  readonly decoder: Decoder;
  readonly sieve: Sieve;
}

function placed(decoder: Decoder): Placed {
  return { decoder, sieve: openSieve(decoder.chains.map(([head]) => head)) };
}

/** The decoder that fits, and where its prematch ended; 0 where it has none. */
interface Fitting {
  readonly one: Placed;
  readonly end: number;
}

function firstOf(list: readonly Placed[], log: string): Fitting | undefined {
  for (const one of list) {
    const { prematch } = one.decoder;
    const end = prematch ? prematch.endIn(log) : 0;
    if (end >= 0) return { one, end };
  }
  return undefined;
}

function firstSifted(list: readonly Placed[], sieve: Sieve, log: string): Fitting | undefined {
  sieve.read(log, log);
  for (let at = sieve.next(0); at >= 0; at = sieve.next(at + 1)) {
    const one = list[at];
    const end = one?.decoder.prematch?.endIn(log) ?? -1;
    if (one && end >= 0) return { one, end };
  }
  return undefined;
}

/** A message whose top-level decoder is known. */
interface Message {
  readonly log: string;
  readonly location: string;
  /** Behind the prematch of that decoder. */
  readonly end: number;
  readonly options: SearchOptions;
}

function within({ decoder, sieve }: Placed, message: Message): Decoded {
  if (decoder.chains.length === 0) {
    return read(decoder, { chain: [decoder], end: message.end }, message);
  }
  const place = fitting(decoder.chains, sieve, message);
  if (!place) return { decoder, fields: {}, plugged: undefined };
  const [head] = place.chain;
  return read(head?.prematch ? head : decoder, place, message);
}

/** A chain whose prematch fits, and where that ended; its parent's where it has none. */
interface Place {
  readonly chain: readonly Decoder[];
  readonly end: number;
}

function fitting(
  chains: readonly (readonly Decoder[])[],
  sieve: Sieve,
  { log, end, options }: Message,
): Place | undefined {
  const behind = log.slice(end);
  sieve.read(log, behind);
  for (let at = sieve.next(0); at >= 0; at = sieve.next(at + 1)) {
    const chain = chains[at] ?? [];
    const [head] = chain;
    if (!head?.prematch) return { chain, end };
    const { prematch, prematchAfterParent } = head;
    const found = prematch.endIn(prematchAfterParent ? behind : log);
    if (found < 0) continue;
    options.watch?.(head);
    return { chain, end: prematchAfterParent ? end + found : found };
  }
  return undefined;
}

function read(named: Decoder, place: Place, message: Message): Decoded {
  const [first] = place.chain;
  if (!first?.plugin) return capture(named, place, message);
  const plugged = first.plugin(message.log, message.location);
  // Anybody who can write a log can write another OSSEC's alert, so only OSSEC's way obeys.
  if (plugged.category === "ossec-alert" && !message.options.compatible) {
    return { decoder: named, fields: {}, plugged: undefined };
  }
  return { decoder: named, fields: plugged.fields, plugged };
}

/** Runs a chain of regexes: each is tried, whatever became of the one before it. */
function capture(named: Decoder, place: Place, message: Message): Decoded {
  const { chain } = place;
  const captured: Captured = {
    fields: {},
    loose: message.options.compatible && chain.length > 1 ? new Map() : undefined,
  };
  let decoder = named;
  let regexEnd = place.end;
  for (const one of chain) {
    const from = beginning(one, message.end, place.end, regexEnd);
    const found = one.regex?.find(message.log.slice(from));
    regexEnd = found ? from + found.end : place.end;
    if (!found) continue;
    decoder = one;
    message.options.watch?.(one);
    store(one, found.groups, captured);
  }
  if (captured.loose) nameLoose(captured.loose, decoder, captured.fields);
  return { decoder, fields: captured.fields, plugged: undefined };
}

interface Captured {
  readonly fields: Record<string, string>;
  /** Values whose name OSSEC looks up later, by their place in the order. */
  readonly loose: Map<number, string> | undefined;
}

function beginning(
  { offset }: Decoder,
  parentEnd: number,
  prematchEnd: number,
  regexEnd: number,
): number {
  if (offset === undefined) return 0;
  if (offset === "after_parent") return parentEnd;
  return offset === "after_prematch" ? prematchEnd : regexEnd;
}

/** OSSEC copies no more (os_regex.h). */
const mostGroups = 64;

function store(
  { order, dynamic }: Decoder,
  groups: readonly string[],
  { fields, loose }: Captured,
): void {
  const most = Math.min(order.length, groups.length, mostGroups);
  for (let index = 0; index < most; index++) {
    const name = order[index];
    const value = groups[index];
    if (name === undefined || value === undefined) continue;
    if (loose && dynamic?.[index] !== undefined) loose.set(index, value);
    else fields[name] = value;
  }
}

/** OSSEC keeps values it has no slot for by their place, and looks their names up in the decoder that came last. */
function nameLoose(
  loose: ReadonlyMap<number, string>,
  decoder: Decoder,
  fields: Record<string, string>,
): void {
  for (const [index, value] of loose) {
    const name = decoder.dynamic?.[index];
    if (name !== undefined) fields[name] = value;
  }
}
