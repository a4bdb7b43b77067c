import { readFileSync } from "node:fs";

/** Local, and meant to be written to. To ask a file system of the network how full it is may take for ever. */
const kinds = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs nilfs2 bcachefs vfat".split(" "),
);
/** What comes and goes is its owner's business; container engines mount a disk of theirs many times. */
const others =
  /^\/(?:media|mnt|run|snap|var\/snap|var\/lib\/(?:docker|containers|containerd|kubelet|lxd))\//;

/** Where this system's disks are mounted, each once; see proc(5) for the table, `/proc/self/mountinfo`. */
export function mountedDisks(table: string): string[] {
  const places = new Map<string, string>();
  for (const line of table.split("\n")) {
    const [, , device = "", , point = ""] = line.split(" ");
    const [kind = "", , options = ""] = (line.split(" - ")[1] ?? "").split(" ");
    const isReadOnly = options.split(",").includes("ro");
    const isDisk = kinds.has(kind) || (kind === "overlay" && point === "/");
    if (!isDisk || isReadOnly || others.test(point)) continue;
    const place = unescaped(point);
    const known = places.get(device);
    // A service's own view has parts of a disk in more places, and those are further down.
    if (known === undefined || place.length < known.length) places.set(device, place);
  }
  return [...places.values()];
}

/** The disks now; none where nobody says. */
export function disksNow(): string[] {
  try {
    return mountedDisks(readFileSync("/proc/self/mountinfo", "utf8"));
  } catch {
    return [];
  }
}

function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
