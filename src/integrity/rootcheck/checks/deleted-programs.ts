import { readlinkSync } from "node:fs";
import { join } from "node:path";
import type { BytePath } from "../../entry.ts";
import { nameShown } from "../../name.ts";
import { type Check, type Sign, tried } from "../check.ts";
import { listedIn } from "../processes.ts";

const mostTold = 20;
const deleted = " (deleted)";

/**
 * Processes whose program is no file any more. After an upgrade that is how every service is that was not restarted, and a
 * package owns the name: they are told as one notice. A program of no package, or one that only ever was in memory
 * (memfd_create(2)), hides.
 */
export const deletedPrograms: Check = async ({ proc, owners }) => {
  const running = new Map<BytePath, number[]>();
  for (const pid of listedIn(proc)) {
    const link = tried(() => readlinkSync(join(proc, `${pid}/exe`), "latin1"), "");
    if (!link.endsWith(deleted)) continue;
    const path = link.slice(0, -deleted.length);
    running.set(path, [...(running.get(path) ?? []), pid]);
  }
  const owned = await owners([...running.keys()]);
  const strange = [...running].filter(([path]) => !owned.has(path)).slice(0, mostTold);
  return [
    ...strange.map(([path, pids]): Sign => {
      const text = `Process ${pids.slice(0, 5).join(", ")} runs '${nameShown(path)}', which is no file any more and of no package.`;
      return { key: `deleted ${path}`, text, kind: "suspicious", file: nameShown(path) };
    }),
    ...restartsIn([...owned.values()]),
  ];
};

function restartsIn(packages: readonly string[]): Sign[] {
  const names = [...new Set(packages)].toSorted();
  if (names.length === 0) return [];
  const text = `Programs run that an upgrade has replaced, of: ${names.slice(0, 20).join(", ")}. Restart them.`;
  return [{ key: `replaced ${names.join(" ")}`, text, kind: "notice" }];
}
