import { readlink } from "node:fs/promises";
import { posix } from "node:path";
import type { BytePath, Entry } from "../entry.ts";
import { below, fsPath } from "../name.ts";

/** A link to a link to a link: /usr/bin/vi, /etc/alternatives/vi, /usr/bin/vim.basic. */
const mostHops = 5;

/** The paths that a link leads to, one after the other. Only its own target is read, folders on the way are not resolved. */
export async function hopsOf(
  root: string,
  { path, target }: Pick<Entry, "path" | "target">,
): Promise<readonly BytePath[]> {
  const hops: BytePath[] = [];
  let [at, next] = [path, target];
  while (next !== undefined && hops.length < mostHops) {
    at = posix.resolve(posix.dirname(at), next);
    hops.push(at);
    next = await readlink(fsPath(below(root, at)), "latin1").catch(() => undefined);
  }
  return hops;
}
