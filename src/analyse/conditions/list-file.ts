import { existsSync, readFileSync, statSync } from "node:fs";
import { Failure, reasonOf } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";

/** Above this a list is somebody's mistake. */
const largest = 512 * 1024 * 1024;

/**
 * Reads a list of keys and values: `file` in OSSEC's text form, or `file.cdb`, a constant database (cr.yp.to/cdb/cdb.txt).
 * Where both are there, ours reads the text, and OSSEC only ever the database. Throws a `Failure` when neither can be
 * read.
 */
export function readList(file: string, compatible: boolean): Map<string, string> {
  const database = `${file}.cdb`;
  const [first, second] = compatible ? [database, file] : [file, database];
  const path = existsSync(first) ? first : second;
  try {
    const { size } = statSync(path);
    if (size > largest) throw new Failure(`it has ${size} bytes, more than ${largest}`);
    if (path === database) return fromDatabase(readFileSync(path));
    return fromText(readFileSync(path, "utf8"), compatible ? ossecEntry : ownEntry);
  } catch (thrown) {
    const hint = `a list is a text file with a line "key:value" for each entry, or a .cdb made of one`;
    throw new Failure(`cannot read the list ${path}: ${reasonOf(thrown)}`, { hint, cause: thrown });
  }
}

type Entry = readonly [key: string, value: string];

/** Of two entries with one key the first holds. "###" begins a comment, and blanks before it belong to it. */
function fromText(text: string, entryIn: (line: string) => Entry | undefined): Map<string, string> {
  const entries = new Map<string, string>();
  for (const written of text.split("\n")) {
    const comment = written.indexOf("###");
    const [key, value] =
      entryIn(comment < 0 ? written : written.slice(0, comment).replace(/[ \t]+$/, "")) ?? [];
    if (key && value !== undefined && !entries.has(key)) entries.set(key, value);
  }
  return entries;
}

/** As ossec-makelists reads it: "key:value", split at the first colon; a line without one is none. */
function ossecEntry(line: string): Entry | undefined {
  const colon = line.indexOf(":");
  return colon < 0 ? undefined : [line.slice(0, colon), line.slice(colon + 1)];
}

/** Ours: blanks at the ends are no part of it, the value may be missing, and a key may be an IPv6 address or network. */
function ownEntry(line: string): Entry | undefined {
  const text = line.trim();
  const colon = text.indexOf(":");
  if (colon < 0) return [text, ""];
  const last = text.lastIndexOf(":");
  if (last > colon && parseNetwork(text)) return [text, ""];
  const end = last > colon && parseNetwork(text.slice(0, last)) ? last : colon;
  return [text.slice(0, end).trimEnd(), text.slice(end + 1).trimStart()];
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
