import { readFileSync } from "node:fs";
import type { BytePath } from "./entry.ts";

/** Kinds of file systems by the folder that they are mounted on. */
export type Mounts = ReadonlyMap<BytePath, string>;

/** Reads /proc/PID/mountinfo, see proc(5): asking the file system itself would wait for a server that is gone. */
export function readMounts(file: string): Mounts {
  try {
    const lines = readFileSync(file, "latin1").split("\n");
    return new Map(lines.flatMap((line) => mountIn(line)));
  } catch {
    // Without /proc nothing is known to be mounted anywhere, and everything is walked.
    return new Map();
  }
}

function mountIn(line: string): [BytePath, string][] {
  const place = line.split(" ")[4];
  const kind = / - (\S+)/.exec(line)?.[1];
  if (place === undefined || kind === undefined) return [];
  const path = place.replace(/\\([0-3][0-7]{2})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return [[path, kind]];
}

/** Whether a walk stays out of what is mounted on a path: no files of a disk, or of another machine where that is not wanted. */
export function staysOut(mounts: Mounts, path: BytePath, skipNfs: boolean): boolean {
  const kind = mounts.get(path);
  if (kind === undefined) return false;
  return madeByKernel.has(kind) || (skipNfs && ofNetwork.has(kind));
}

const madeByKernel = new Set(
  "proc sysfs cgroup cgroup2 debugfs tracefs securityfs configfs bpf pstore efivarfs binfmt_misc mqueue hugetlbfs devpts autofs fusectl rpc_pipefs nsfs".split(
    " ",
  ),
);
const ofNetwork = new Set(
  "nfs nfs4 cifs smb3 smbfs ncpfs afs ceph 9p lustre glusterfs fuse.glusterfs fuse.sshfs fuse.s3fs fuse.rclone fuse.davfs davfs".split(
    " ",
  ),
);
