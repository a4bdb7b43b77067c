import type { Fields } from "../../core/event.ts";
import { aliases, hosts, messages, programs, times } from "./json-names.ts";
import { flattened, isObject, type JsonObject, objectIn } from "./json-object.ts";
import type { Reading } from "./reading.ts";
import { stampIn } from "./stamp.ts";

/**
 * Reads one JSON object a line. Its values are fields by their way in it, and by OSSEC's names where they have usual ones;
 * its message is the log. Where the object only wraps a line of some program (docker's json-file, the journal, a relay
 * that names the program), `isRelayed` says that decoders shall read it. Undefined for a line that is no object; never
 * throws.
 */
export function readJson(line: string): Reading | undefined {
  const outer = objectIn(line);
  if (!outer) return undefined;
  const isDocker = typeof outer["log"] === "string" && typeof outer["stream"] === "string";
  const inner = isDocker ? objectIn(String(outer["log"])) : undefined;
  const object = inner ?? outer;
  const message = firstOf(object, messages, textIn);
  const program = programIn(object);
  return {
    at: firstOf(outer, times, stampIn) ?? firstOf(object, times, stampIn),
    start: 0,
    host: firstOf(object, hosts, nameIn),
    program,
    log: message === undefined ? line : oneLine(message),
    decoder: "json",
    category: "syslog",
    fields: withAliases(flattened(object)),
    isRelayed: message !== undefined && (program !== undefined || (isDocker && !inner)),
  };
}

/** What `read` makes of the first of these values that it can read; "a.b" is looked for as it is and as b in a. */
function firstOf<T>(
  object: JsonObject,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = read(valueAt(object, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueAt(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const dot = name.indexOf(".");
  const inner = dot === -1 ? undefined : object[name.slice(0, dot)];
  return isObject(inner) ? valueAt(inner, name.slice(dot + 1)) : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The name of a program or a host, as a syslog header could have it. */
function nameIn(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w./@-]{1,64}$/.test(value) ? value : undefined;
}

/** In the journal's own words any user may call himself sshd: only what root says of itself is believed. */
function programIn(object: JsonObject): string | undefined {
  const uid = object["_UID"];
  if (uid === undefined) return firstOf(object, programs, nameIn);
  return uid === "0" ? nameIn(object["SYSLOG_IDENTIFIER"]) : `user[${nameIn(uid) ?? "unknown"}]`;
}

/** A line end within a message must not look like the beginning of another event. */
function oneLine(message: string): string {
  return message.trimEnd().replace(/[\r\n]+/g, " ");
}

function withAliases(fields: Record<string, string>): Fields {
  for (const { field, names, read } of aliases) {
    if (fields[field] !== undefined) continue;
    const value = firstOf(fields, names, (one) =>
      typeof one === "string" ? read(one) : undefined,
    );
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}
