import { existsSync, readFileSync, statSync } from "node:fs";
import { Failure, reasonOf } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";

/** Above this a list is somebody's mistake. */
const largest = 512 * 1024 * 1024;

/**
 * Reads a list of keys and values: `file` in OSSEC's text form, or else `file.cdb`, a constant database
 * (cr.yp.to/cdb/cdb.txt). Throws a `Failure` when neither can be read.
 */
export function readList(file: string, compatible: boolean): Map<string, string> {
  const path = existsSync(file) ? file : `${file}.cdb`;
  try {
    const { size } = statSync(path);
    if (size > largest) throw new Failure(`it has ${size} bytes, more than ${largest}`);
    if (path !== file) return fromDatabase(readFileSync(path));
    return fromText(readFileSync(path, "utf8"), compatible ? atFirstColon : behindAddress);
  } catch (thrown) {
    const hint = `a list is a text file with a line "key:value" for each entry, or a .cdb made of one`;
    throw new Failure(`cannot read the list ${path}: ${reasonOf(thrown)}`, { hint, cause: thrown });
  }
}

/**
 * As ossec-makelists reads it: "key:value", split at the first colon; a line without one is none; "###" begins a comment, and
 * blanks before it belong to it. Of two entries with one key the first holds.
 */
function fromText(text: string, endOfKey: (line: string) => number): Map<string, string> {
  const entries = new Map<string, string>();
  for (const written of text.split("\n")) {
    const line = written.replace(/[ \t]*###.*$/s, "").replace(/\r$/, "");
    const colon = endOfKey(line);
    const key = line.slice(0, colon);
    if (colon > 0 && !entries.has(key)) entries.set(key, line.slice(colon + 1));
  }
  return entries;
}

function atFirstColon(line: string): number {
  return line.indexOf(":");
}

/** A key may be an IPv6 address or network too, which OSSEC's text form cannot say. */
function behindAddress(line: string): number {
  const last = line.lastIndexOf(":");
  const isWide = last > line.indexOf(":") && parseNetwork(line.slice(0, last)) !== undefined;
  return isWide ? last : atFirstColon(line);
}

const headerSize = 2048;

function fromDatabase(data: Buffer): Map<string, string> {
  if (data.length < headerSize) throw new Failure("it is no constant database");
  const tables = Array.from({ length: 256 }, (_, slot) => data.readUInt32LE(slot * 8));
  const end = Math.min(...tables);
  const entries = new Map<string, string>();
  for (let at = headerSize; at < end; ) {
    if (at + 8 > data.length) throw new Failure("it ends in the middle of an entry");
    const [keySize, valueSize] = [data.readUInt32LE(at), data.readUInt32LE(at + 4)];
    const value = at + 8 + keySize;
    if (value + valueSize > end || end > data.length) {
      throw new Failure("it ends in the middle of an entry");
    }
    const key = data.toString("utf8", at + 8, value);
    if (!entries.has(key)) entries.set(key, data.toString("utf8", value, value + valueSize));
    at = value + valueSize;
  }
  return entries;
}
