import { anyDepth } from "../../config/syscheck-directories.ts";
import type { PathPattern, Syscheck } from "../../config/syscheck-settings.ts";
import type { Baseline } from "../baseline/baseline.ts";
import { openCoverage } from "../cover.ts";
import type { BytePath } from "../entry.ts";
import { bytePath } from "../name.ts";

/**
 * Says of a folder whether the baseline has all files in it and below, as syscheck goes through all of them. Where it looks at
 * a part alone, or may, the answer is no; a folder in it may be whole again. `hasNetworks`: what is mounted of other machines counts.
 */
export function wholeFolders(
  syscheck: Syscheck,
  baseline: Pick<Baseline, "get" | "isKnown">,
  hasNetworks: boolean,
): (folder: BytePath) => boolean {
  if (syscheck.disabled || (syscheck.skipNfs && hasNetworks)) return () => false;
  const coverage = openCoverage(syscheck);
  const beginnings = syscheck.ignore.flatMap(beginningsOf);
  return (folder) => {
    if (coverage.leadsTo(folder) || beginnings.some((one) => meets(one, folder))) return false;
    const cover = coverage.of(folder);
    if (!cover || cover.watched.restrict || cover.watched.settings.depth < anyDepth) return false;
    // What was never walked to its end may lack files.
    return baseline.isKnown(cover.area) && baseline.get(folder) !== undefined;
  };
}

/** How paths begin that a pattern leaves out; "" where they may begin in any way. */
function beginningsOf({ kind, pattern }: PathPattern): BytePath[] {
  const source = bytePath(pattern).toLowerCase();
  if (kind === "prefix") return [source];
  return source.split("|").map((one) => /^\^([^^$]+)\$?$/.exec(one)?.[1] ?? "");
}

/** Whether something that begins so may be a folder, above it, or below it. */
function meets(beginning: BytePath, folder: BytePath): boolean {
  const inside = `${folder.toLowerCase()}/`;
  return inside.startsWith(beginning) || beginning.startsWith(inside);
}
