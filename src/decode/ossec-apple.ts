import type { OssecHeader } from "./ossec-names.ts";

/**
 * Reads what stands behind the time of Apple's system log as OSSEC does:
 * "[Time 2006.12.28 15:53:55 UTC] [Facility auth] [Sender sshd] [PID 7] [Message …] [Host web1]". Nothing behind the host
 * counts, nor a second message, which an attacker may have written.
 */
export function appleHeader(text: string, from: number): OssecHeader {
  const found = new Map<Key, Value>();
  for (let at = text.indexOf("[", from) + 1; at > 0; at = text.indexOf("[", at) + 1) {
    const key = keys.find(
      (one) => text.startsWith(one, at) && !(one === message && found.has(one)),
    );
    if (key === undefined) continue;
    const start = at + key.length;
    const end = text.indexOf("]", start);
    found.set(key, { start, end });
    if (end < 0 || key === "Host ") break;
    at = end;
  }
  const textOf = (key: Key) => {
    const value = found.get(key);
    return value && value.end >= 0 ? text.slice(value.start, value.end) : undefined;
  };
  return { host: textOf("Host "), program: textOf("Sender "), log: logIn(text, from, found) };
}

type Key = (typeof keys)[number];

/** `end` is -1 where the bracket is never closed. */
interface Value {
  readonly start: number;
  readonly end: number;
}

const message = "Message ";
const keys = ["Sender ", message, "Host "] as const;

function logIn(text: string, from: number, found: ReadonlyMap<Key, Value>): string {
  const log = found.get(message);
  if (log) return log.end < 0 ? text.slice(log.start) : text.slice(log.start, log.end);
  // Without a message the log goes up to where OSSEC ended the first value that it took.
  const ends = [...found.values()].map(({ end }) => end).filter((end) => end >= 0);
  return text.slice(from, Math.min(text.length, ...ends));
}
