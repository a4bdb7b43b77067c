import { hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { withDenied } from "../core/deny-section.ts";
import type { Content, Seen } from "./content.ts";
import type { BytePath } from "./entry.ts";
import { codeOf, faultOf } from "./fault.ts";
import { stampOf } from "./stamp.ts";

/** Longer than Stockade makes it: 10,000 lines have less than 500 kB. */
const longestShared = 4 * 1024 * 1024;
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Whether Stockade writes a section of its own into this file, which is nobody's change; of no more than that size in bytes. */
export function isShared(path: BytePath, size: number): boolean {
  return path === "/etc/hosts.deny" && size <= longestShared;
}

/** What such a file holds besides. Nothing, and no such file, are one: Stockade makes the file where there is none. */
export function withoutOwn(content: Buffer): Buffer {
  return Buffer.from(withDenied(content.toString("latin1"), []), "latin1");
}

/** Reads such a file as a `ReadContent` reads any other, all of it at once, and without Stockade's own section. */
export function readShared({ path, stamp }: Seen): Content {
  let file: number | undefined;
  try {
    file = openSync(typeof path === "string" ? path : Buffer.from(path), flags);
    if (stampOf(fstatSync(file)) !== stamp) return { is: "changed" };
    const text = withoutOwn(readFileSync(file));
    if (stampOf(fstatSync(file)) !== stamp) return { is: "changed" };
    return { is: "read", sha256: hash("sha256", text, "hex"), text };
  } catch (thrown) {
    const isGone = codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ELOOP";
    return isGone ? { is: "changed" } : { is: "unreadable", reason: faultOf(thrown) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
