/** What OSSEC cuts off a line before its decoders see it. */
export interface OssecHeader {
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly log: string;
}

/**
 * Reads host and program behind a date that ends at `from`, as OSSEC's cleanevent.c does: "HOST PROGRAM: ",
 * "HOST PROGRAM[PID]: ", "HOST PROGRAM[PID] ", Solaris's "PROGRAM: " without a host, and AIX's "HOST auth|security:info
 * PROGRAM: ". Where a name is not as it should be, it stays in the log. An "[ID … ] " before the log is cut off.
 */
export function ossecNames(text: string, from: number): OssecHeader {
  const start = text.charCodeAt(from) === space ? from + 1 : from;
  const end = nameEnd(text, start);
  if (text.startsWith(": ", end)) {
    const program = text.slice(start, end);
    return { host: undefined, program, log: logFrom(text, end + 2) };
  }
  if (text.charCodeAt(end) !== space) {
    return { host: undefined, program: undefined, log: text.slice(start) };
  }
  return withProgram(text, text.slice(start, end), end + 1);
}

function withProgram(text: string, host: string, from: number): OssecHeader {
  const end = nameEnd(text, from);
  const next = text.charCodeAt(end);
  if (next === pipe) return aix(text, host, from, end);
  const log = logAfterProgram(text, end, next, true);
  if (log < 0) return { host, program: undefined, log: text.slice(from) };
  return { host, program: text.slice(from, end), log: logFrom(text, log) };
}

/** Where the log begins behind ": ", "[PID]: " or, for some, "[PID] "; -1 when none of them follows. */
function logAfterProgram(text: string, at: number, next: number, some: boolean): number {
  if (next === colon) return text.charCodeAt(at + 1) === space ? at + 2 : -1;
  if (next !== bracket || !isDigit(text.charCodeAt(at + 1))) return -1;
  let end = at + 2;
  while (isDigit(text.charCodeAt(end))) end++;
  if (text.startsWith("]: ", end)) return end + 3;
  return some && text.startsWith("] ", end) ? end + 2 : -1;
}

const facility = /\|[a-z][A-Za-z0-9]*:[A-Za-z0-9]* /y;

function aix(text: string, host: string, from: number, at: number): OssecHeader {
  facility.lastIndex = at;
  const found = facility.exec(text);
  if (!found) return { host, program: undefined, log: text.slice(from) };
  const start = at + found[0].length;
  const end = nameEnd(text, start);
  const next = text.charCodeAt(end);
  const log = logAfterProgram(text, end, next, false);
  if (log >= 0) return { host, program: text.slice(start, end), log: logFrom(text, log) };
  // OSSEC has put its mark behind the name by now, and lost what follows it.
  if (next === bracket && isDigit(text.charCodeAt(end + 1))) {
    return { host, program: text.slice(start, end), log: text.slice(from, end) };
  }
  // Or it has not, and the name runs to the end of the line.
  return { host, program: text.slice(start), log: logFrom(text, end) };
}

/** Behind Solaris's "[ID 702911 auth.notice] ". */
function logFrom(text: string, from: number): string {
  if (!text.startsWith("[ID ", from)) return text.slice(from);
  const end = text.indexOf("] ", from);
  return text.slice(end < 0 ? from : end + 2);
}

const space = 32;
const colon = 58;
const bracket = 91;
const pipe = 124;

function isDigit(code: number): boolean {
  return code > 47 && code < 58;
}

const nameCharacters = new Set(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789()-./@_"].map((character) =>
    character.charCodeAt(0),
  ),
);
/** By character code. */
const inNames: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  nameCharacters.has(code),
);

/** Behind the last character from `from` on that OSSEC takes for part of a name. */
export function nameEnd(text: string, from: number): number {
  let end = from;
  while (inNames[text.charCodeAt(end)] === true) end++;
  return end;
}
