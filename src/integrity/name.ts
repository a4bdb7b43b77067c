import { isUtf8 } from "node:buffer";
import { printable } from "../core/printable.ts";
import type { BytePath } from "./entry.ts";

/** A path that a person wrote, in UTF-8. */
export function bytePath(text: string): BytePath {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What node:fs takes for a path: a string would be read as UTF-8, which names of files need not be. */
export function fsPath(path: BytePath): string | Buffer {
  return isAscii(path) ? path : Buffer.from(path, "latin1");
}

/** Where a path is, below the root of the system that is looked at. */
export function below(root: string, path: BytePath): BytePath {
  return root === "/" ? path : bytePath(root) + path;
}

export function childOf(folder: BytePath, name: BytePath): BytePath {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** More characters than these of one name nobody reads. */
const mostShown = 512;

/**
 * A path for people: as UTF-8 where it is that, every other byte and every control or invisible character as a visible
 * escape. A long one is cut in its middle, between characters, and says how much is left out.
 */
export function nameShown(path: BytePath, most: number = mostShown): string {
  if (isPlain(path) && path.length <= most) return path;
  const pieces = piecesOf(path);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= most) return pieces.join("");
  const room = Math.max(0, most - 30) / 2;
  const head = taken(pieces, room);
  const tail = taken(pieces.slice(head.length).reverse(), room).reverse();
  const left = pieces.length - head.length - tail.length;
  return `${head.join("")}…(${left} characters)…${tail.join("")}`;
}

/** The pieces from the start on that have room together. */
function taken(pieces: readonly string[], room: number): string[] {
  let left = room;
  const end = pieces.findIndex((piece) => {
    left -= piece.length;
    return left < 0;
  });
  return pieces.slice(0, end);
}

/** One piece for each character: itself, or its escape. */
function piecesOf(path: BytePath): string[] {
  const bytes = Buffer.from(path, "latin1");
  const pieces: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceAt(bytes, at);
    const character = bytes.subarray(at, at + length);
    const isValid = isUtf8(character);
    pieces.push(isValid ? printable(character.toString("utf8")) : escaped(bytes[at] ?? 0));
    at += isValid ? length : 1;
  }
  return pieces;
}

/** How many bytes a UTF-8 sequence that begins like this has. */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

function isAscii(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  return !/[^\u0000-\u007f]/.test(path);
}

function isPlain(path: string): boolean {
  return /^[ -~]*$/.test(path);
}
