import { statfsSync, statSync } from "node:fs";

/** How full the disk of a folder is, from 0 to 1, and which disk it is; undefined where the folder is not there. */
export type Fullness = (
  folder: string,
) => { readonly disk: number; readonly share: number } | undefined;

export const fullness: Fullness = (folder) => {
  try {
    const { blocks, bfree, bavail } = statfsSync(folder);
    const used = blocks - bfree;
    return { disk: statSync(folder).dev, share: used / Math.max(1, used + bavail) };
  } catch {
    // Suricata may not be there.
    return undefined;
  }
};

const full = 0.9;
/** Below this a disk is no longer full. */
const roomy = 0.85;

/** Says once of each disk that it is full, and again when it has room. */
export function openDisks(folders: readonly string[], look: Fullness): () => string[] {
  const told = new Set<number>();
  const wordOf = (folder: string, disk: number, share: number): string | undefined => {
    const what = `the disk of ${folder} is ${Math.round(share * 100)} % full`;
    if (share >= full && !told.has(disk)) {
      told.add(disk);
      return `stockade: ${what}; alerts, blocks and mail need room on it`;
    }
    return share < roomy && told.delete(disk) ? `stockade: in order again: ${what}` : undefined;
  };
  return () => {
    const disks = new Map(
      folders.toReversed().flatMap((folder) => {
        const found = look(folder);
        return found ? [[found.disk, { folder, ...found }] as const] : [];
      }),
    );
    return [...disks.values()].flatMap((one) => wordOf(one.folder, one.disk, one.share) ?? []);
  };
}
