import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { reasonOf } from "../../core/failure.ts";
import { hashOf, headOf } from "./generation.ts";
import type { Candidate } from "./lineage.ts";

/** A file that may hold a generation, open and regular. */
export interface Found extends Candidate {
  readonly fd: number;
}

/**
 * Opens the log and its rotated siblings (`name.1`, `name-20261122`, `stem.1.log`, not compressed ones). Looks until two
 * looks agree, because a rotation that renames one file after the other could hide one from a single look; what was
 * opened and then deleted meanwhile stays. `problem` says why the log itself cannot be opened; a missing one is no
 * problem. The caller closes what it gets.
 */
export function findGenerations(path: string): { found: Found[]; problem: string | undefined } {
  let gone: Found[] = [];
  for (let looks = 1; ; looks += 1) {
    const { found, problem } = openAll(path);
    const others = gone.filter((one) => found.every(isOther(one)));
    for (const one of gone) if (!others.includes(one)) closeSync(one.fd);
    if (looks === maxLooks || isStill(path, found))
      return { found: [...found, ...others], problem };
    gone = [...found.map((one) => ({ ...one, isNamed: false })), ...others];
  }
}

/** Whether `name` is what logrotate and its like make of `log`: a number or date behind it or before its extension. */
export function isRotated(name: string, log: string): boolean {
  const extension = extname(log);
  const stem = extension === "" ? log : log.slice(0, -extension.length);
  return (
    (name.startsWith(log) && rotation.test(name.slice(log.length))) ||
    (name.startsWith(stem) &&
      name.endsWith(extension) &&
      rotation.test(name.slice(stem.length, name.length - extension.length)))
  );
}

const maxLooks = 20;
const rotation = /^(?:[._-]\d[\dT:._-]*|[._-](?:old|prev))$/;

function openAll(path: string): { found: Found[]; problem: string | undefined } {
  const log = tried(() => openLog(path));
  const target = tried(() => realpathSync(path)).value ?? path;
  const rotated = rotatedPaths(target).flatMap(
    (sibling) => tried(() => openLog(sibling)).value ?? [],
  );
  const named = log.value ? [{ ...log.value, isNamed: true }] : [];
  return { found: [...named, ...rotated.filter(isOther(log.value))], problem: log.problem };
}

function rotatedPaths(target: string): string[] {
  const folder = dirname(target);
  const names = tried(() => readdirSync(folder)).value ?? [];
  return names
    .filter((name) => isRotated(name, basename(target)))
    .map((name) => join(folder, name));
}

/** O_NONBLOCK, because opening a FIFO would wait for its writer. */
function openLog(path: string): Found {
  const kind = statSync(path);
  if (!kind.isFile())
    throw new Error(`it is ${kind.isDirectory() ? "a directory" : "no regular file"}`);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const { dev, ino, size, mtimeMs: modifiedAt } = fstatSync(fd);
  const head = (bytes: number) => headOf(fd, Math.min(bytes, size));
  const headHash = (bytes: number) => (bytes <= size ? hashOf(head(bytes)) : undefined);
  return { path, fd, dev, ino, size, modifiedAt, isNamed: false, head, headHash };
}

function isOther(log: Found | undefined): (found: Found) => boolean {
  return ({ dev, ino }) => log === undefined || ino !== log.ino || dev !== log.dev;
}

/** Whether every name still means the file it meant when it was opened, and no name has come or gone. */
function isStill(path: string, found: readonly Found[]): boolean {
  const again = tried(() => realpathSync(path)).value ?? path;
  const paths = new Set([path, ...rotatedPaths(again)]);
  const now = [...paths].flatMap((name) => {
    const stat = tried(() => statSync(name)).value;
    return stat?.isFile() ? [`${name} ${stat.dev} ${stat.ino}`] : [];
  });
  const then = found.map(({ path: name, dev, ino }) => `${name} ${dev} ${ino}`);
  return now.toSorted().join("\n") === then.toSorted().join("\n");
}

/** What is not there is not found; what is there and cannot be had is a problem. */
export function tried<T>(get: () => T): { value: T | undefined; problem: string | undefined } {
  try {
    return { value: get(), problem: undefined };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (/^(ENOENT|ENOTDIR)\b/.test(reason)) return { value: undefined, problem: undefined };
    const isDenied = /^(EACCES|EPERM)\b/.test(reason);
    return { value: undefined, problem: isDenied ? denied : reason };
  }
}

const denied =
  "permission denied; let a group read it that the user stockade is in: chgrp adm and chmod g+r, in its logrotate settings too";
