import { nameEnd } from "./ossec-names.ts";

/** What a syslog header names behind its time. */
export interface Names {
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** Where the message begins. */
  readonly end: number;
}

/** Reads "HOST PROGRAM[PID]: ", "PROGRAM[PID]: " (no host) or "HOST " (no program) at `from`; undefined for anything else. */
export function namesAt(line: string, from: number): Names | undefined {
  return usualNames(line, from) ?? rareNames(line, from);
}

/** Reads "HOST PROGRAM: ", "HOST PROGRAM[PID]: " or "HOST PROGRAM[PID] " at `from`; undefined for anything else. */
export function sureNamesAt(line: string, from: number): Names | undefined {
  sure.lastIndex = from;
  const found = sure.exec(line);
  return found ? { host: found[1], program: found[2], end: from + found[0].length } : undefined;
}

const sure = /([\w()./@\p{L}-]+) +([\w()./@-]+)(?:: |\[\d+\]:? )/uy;

/** By far most lines: a host and a program of ASCII letters, parted by one space. */
function usualNames(line: string, from: number): Names | undefined {
  const hostEnd = nameEnd(line, from);
  if (hostEnd === from || line.charCodeAt(hostEnd) !== space) return undefined;
  const end = nameEnd(line, hostEnd + 1);
  const afterPid = pidEnd(line, end);
  if (end === hostEnd + 1 || line.charCodeAt(afterPid) !== colon) return undefined;
  return {
    host: line.slice(from, hostEnd),
    program: line.slice(hostEnd + 1, end),
    end: line.charCodeAt(afterPid + 1) === space ? afterPid + 2 : afterPid + 1,
  };
}

/** Behind "[42]"; where it begins when there is none. */
function pidEnd(line: string, from: number): number {
  if (line.charCodeAt(from) !== bracket) return from;
  let end = from + 1;
  while (line.charCodeAt(end) > 47 && line.charCodeAt(end) < 58) end++;
  return end > from + 1 && line[end] === "]" ? end + 1 : from;
}

const space = 32;
const colon = 58;
const bracket = 91;

// OSSEC's alphabet for program names: "postfix/smtpd", "/usr/sbin/sshd", "sshd(pam_unix)"; hosts may be named in any
// script, or be an IPv6 address. A number before a bracket is what databases write between their time and their level.
const rare =
  /(?!\d+ \[)([\w()./@\p{L}-]+|[\da-fA-F]*:[\da-fA-F]*:[\da-fA-F:.]*)(?: +([\w()./@-]+)(?:\[\d+\])?: ?|(?:\[\d+\])?: | )/uy;

function rareNames(line: string, from: number): Names | undefined {
  rare.lastIndex = from;
  const found = rare.exec(line);
  if (!found) return undefined;
  const [all, first, second] = found;
  const end = from + all.length;
  if (second !== undefined) return { host: first, program: second, end };
  if (!all.endsWith(": ")) return { host: first, program: undefined, end };
  return { host: undefined, program: first, end };
}
