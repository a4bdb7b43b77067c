import type { Entry } from "../entry.ts";

/** `rw-r--r--`, as ls(1) and OSSEC write it. */
export function modeShown(mode: number): string {
  const triple = (bits: number, special: boolean, letter: string) =>
    `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${runShown((bits & 1) !== 0, special, letter)}`;
  const user = triple(mode >> 6, (mode & 0o4000) !== 0, "s");
  const group = triple(mode >> 3, (mode & 0o2000) !== 0, "s");
  return user + group + triple(mode, (mode & 0o1000) !== 0, "t");
}

function runShown(runs: boolean, special: boolean, letter: string): string {
  if (!special) return runs ? "x" : "-";
  return runs ? letter : letter.toUpperCase();
}

/** What a new mode means, a line for each thing that matters. `user` and `group` are the names of its owner. */
export function modeWords(
  before: Entry | undefined,
  after: Entry,
  { user, group }: { readonly user: string; readonly group: string },
): string[] {
  if (after.kind === "link") return [];
  const was = before?.mode ?? 0;
  const came = (bits: number) => (after.mode & bits) === bits && (was & bits) !== bits;
  return [
    ...privilegeWords(before, after, came, { user, group }),
    ...(came(0o002) ? [`now writable by everybody${stickyWords(after.mode)}`] : []),
    ...(before && came(0o004) ? ["now readable by everybody"] : []),
    ...(before?.kind === "file" && isProgram(after) && !isProgram(before) ? ["now a program"] : []),
  ];
}

function privilegeWords(
  before: Entry | undefined,
  after: Entry,
  came: (bits: number) => boolean,
  { user, group }: { readonly user: string; readonly group: string },
): string[] {
  if (after.kind !== "file") return [];
  const words: string[] = [];
  const isLost = ((before?.mode ?? 0) & 0o4000) !== 0 && (after.mode & 0o4000) === 0;
  if (came(0o4000)) words.push(`now setuid: whoever runs it runs as ${user}`);
  if (came(0o2010)) words.push(`now setgid: whoever runs it has the rights of group ${group}`);
  if (isLost) words.push("no longer setuid");
  return words;
}

function stickyWords(mode: number): string {
  return (mode & 0o1000) === 0 ? "" : ", who can remove only what is their own";
}

function isProgram({ kind, mode }: Entry): boolean {
  return kind === "file" && (mode & 0o111) !== 0;
}
