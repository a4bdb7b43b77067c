import { type Check, type Finding, orOk, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

const folders = [
  "/",
  "/var/log",
  "/var/log/stockade",
  "/var/log/suricata",
  "/var/lib/stockade",
  "/run/stockade",
  "/var/spool/postfix",
];
const mostUsed = 0.9;

/** Room for logs, alerts, blocks and mail. */
export const disk: Check = (machine) => {
  const parts = new Map(folders.flatMap((folder) => partOf(machine, folder)));
  return orOk([...parts.values()].flatMap(findingsOf), "no disk is more than 90 % full");
};

interface Part {
  readonly folder: string;
  readonly bytes: number;
  readonly files: number;
}

/** Folders of one file system are told once, by the first. */
function partOf({ stat, fullness }: Machine, folder: string): [number, Part][] {
  const device = stat(folder)?.dev;
  const full = fullness(folder);
  return device === undefined || !full ? [] : [[device, { folder, ...full }]];
}

function findingsOf({ folder, bytes, files }: Part): Finding[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const fix = `du -xh ${folder} | sort -h | tail shows what takes it`;
  return [
    ...(bytes > mostUsed ? [wrong(`the disk of ${folder} is ${percent(bytes)} full`, fix)] : []),
    ...(files > mostUsed
      ? [wrong(`the disk of ${folder} has room for few more files: ${percent(files)} used`, fix)]
      : []),
  ];
}
