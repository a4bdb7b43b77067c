import { statfsSync, statSync } from "node:fs";
import { printable } from "../../core/printable.ts";

/** How full a disk is: shares from 0 to 1. */
interface Fullness {
  /** Which disk it is. */
  readonly disk: number;
  readonly share: number;
  /** Of the files that it has room for; 0 where it has room for any number. */
  readonly files: number;
}

/** How full the disk of a folder is; undefined where the folder is not there. */
export type LookAtDisk = (folder: string) => Fullness | undefined;

export const fullness: LookAtDisk = (folder) => {
  try {
    const { blocks, bfree, bavail, files, ffree } = statfsSync(folder);
    const used = blocks - bfree;
    return {
      disk: statSync(folder).dev,
      share: used / Math.max(1, used + bavail),
      files: files > 0 ? (files - ffree) / files : 0,
    };
  } catch {
    // Suricata may not be there, and a disk may be one that only root may look at.
    return undefined;
  }
};

const full = 0.9;
/** Below this a disk is no longer full. */
const roomy = 0.85;

/**
 * Says once of each disk that it is full, and again when it has room: of those of the folders, that Stockade itself needs, and of
 * the others.
 */
export function openDisks(
  folders: readonly string[],
  others: () => readonly string[],
  look: LookAtDisk,
): () => string[] {
  const told = new Set<string>();
  const wordOf = (key: string, share: number, what: string, need: string): string[] => {
    if (share >= full && !told.has(key)) {
      told.add(key);
      return [`stockade: ${what}${need}`];
    }
    return share < roomy && told.delete(key) ? [`stockade: in order again: ${what}`] : [];
  };
  const wordsOf = (folder: string, { disk, share, files }: Fullness): string[] => {
    const of = `the disk of ${printable(folder)}`;
    const need = folders.includes(folder) ? "; alerts, blocks and mail need room on it" : "";
    return [
      ...wordOf(`${disk}`, share, `${of} is ${percent(share)} full`, need),
      ...wordOf(`${disk} files`, files, `${of} has used ${percent(files)} of its inodes`, need),
    ];
  };
  return () => {
    const disks = new Map<number, [folder: string, is: Fullness]>();
    for (const folder of [...folders, ...others()]) {
      const found = look(folder);
      if (found && !disks.has(found.disk)) disks.set(found.disk, [folder, found]);
    }
    return [...disks.values()].flatMap(([folder, is]) => wordsOf(folder, is));
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
