import type { PathPattern, Syscheck, WatchedDirectory } from "../config/syscheck-settings.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Checks } from "./difference.ts";
import type { BytePath } from "./entry.ts";
import { globOf, matchesPart, type PathGlob } from "./glob.ts";
import { matchesSeen, prefixesSeen } from "./merged-usr.ts";
import { bytePath } from "./name.ts";
import { isSecretName } from "./texts/secret.ts";

/** How the settings want a path watched. */
export interface Cover {
  readonly checks: Checks;
  readonly realtime: boolean;
  readonly tags: readonly string[];
  /** How many folders deep it goes on below this one. */
  readonly depth: number;
  /** Which part of the settings this is: what was walked once under it has no new files but those that are new. */
  readonly area: string;
  readonly watched: Watched;
}

type Test = (path: BytePath) => boolean;

/** One entry of `<directories>`. */
interface Watched {
  readonly glob: PathGlob;
  readonly restrict: Test | undefined;
  readonly settings: WatchedDirectory;
  readonly area: string;
}

export type HidingOption = "report_changes" | "nodiff";

/** The settings, asked about single paths. */
export interface Coverage {
  readonly all: readonly Watched[];
  /** What holds for the path that an entry of the settings names itself. */
  start(watched: Watched): Cover;
  /** What holds one folder below; undefined where it goes no deeper. */
  deeper(cover: Cover): Cover | undefined;
  /** Whether the path is left out, with all below it. */
  isIgnored(path: BytePath): boolean;
  /** Whether `restrict` leaves this one out. Folders are walked all the same. */
  isRestricted(path: BytePath, cover: Cover): boolean;
  /** Whether what a file holds may be kept and shown. */
  mayShow(path: BytePath, cover: Cover): boolean;
  /** Which setting wants nothing shown of what a file holds, where one does. */
  hiddenBy(path: BytePath, cover: Cover): HidingOption | undefined;
  /** Whether something that the settings name may lie below this path. */
  leadsTo(path: BytePath): boolean;
  /** What holds for any path: of all entries of the settings that reach it the longest one. */
  of(path: BytePath): Cover | undefined;
}

export function openCoverage(settings: Syscheck): Coverage {
  const ignores = settings.ignore.map(tester);
  const hides = settings.nodiff.map(tester);
  // The longest comes first, so that the first that reaches a path is the one that holds.
  const all = settings.directories
    .map(watchedOf)
    .sort((one, other) => other.glob.length - one.glob.length || globs(one) - globs(other));

  const isIgnored = (path: BytePath) => ignores.some((test) => test(path));
  const hiddenBy = (path: BytePath, { watched }: Cover): HidingOption | undefined => {
    if (!watched.settings.reportChanges) return "report_changes";
    return hides.some((test) => test(path)) ? "nodiff" : undefined;
  };
  return {
    all,
    start,
    deeper,
    isIgnored,
    isRestricted: (path, { watched: { restrict } }) => restrict !== undefined && !restrict(path),
    mayShow: (path, cover) => hiddenBy(path, cover) === undefined && !isSecretName(path),
    hiddenBy,
    leadsTo(path) {
      const parts = partsOf(path);
      return all.some(
        ({ glob }) =>
          glob.length > parts.length && parts.every((name, n) => matchesPart(glob[n], name)),
      );
    },
    of(path) {
      const parts = partsOf(path);
      const watched = all.find(
        ({ glob }) =>
          glob.length <= parts.length && glob.every((part, n) => matchesPart(part, parts[n] ?? "")),
      );
      const depth = watched && watched.settings.depth - (parts.length - watched.glob.length) + 1;
      if (!watched || depth === undefined || depth < 0) return undefined;
      return prefixesOf(parts, watched.glob.length).some(isIgnored)
        ? undefined
        : { ...start(watched), depth };
    },
  };
}

/** Whether such patterns leave out a path, or a folder on the way to it. */
export function ignoring(patterns: readonly PathPattern[]): (path: BytePath) => boolean {
  const tests = patterns.map(tester);
  return (path) => prefixesOf(partsOf(path), 1).some((one) => tests.some((test) => test(one)));
}

function partsOf(path: BytePath): BytePath[] {
  return path.split("/").filter((part) => part !== "");
}

function watchedOf(settings: WatchedDirectory): Watched {
  const { path, depth, restrict, keys } = settings;
  return {
    glob: globOf(path),
    restrict: restrict === undefined ? undefined : matcher(restrict),
    settings,
    area: keys ? "keys" : JSON.stringify([path, depth, restrict]),
  };
}

/** Plain names hold before patterns. */
function globs({ glob }: Watched): number {
  return glob.filter((part) => typeof part !== "string").length;
}

function start(watched: Watched): Cover {
  const { checks, realtime, tags, depth } = watched.settings;
  // The files of the folder itself are one step below it.
  return { checks, realtime, tags, depth: depth + 1, area: watched.area, watched };
}

function deeper(cover: Cover): Cover | undefined {
  return cover.depth > 0 ? { ...cover, depth: cover.depth - 1 } : undefined;
}

/** The path itself and each folder on the way to it, from the one that the settings name. */
function prefixesOf(parts: readonly string[], glob: number): BytePath[] {
  const first = Math.max(1, glob);
  return parts.slice(first - 1).map((_, n) => `/${parts.slice(0, first + n).join("/")}`);
}

function tester({ kind, pattern }: PathPattern): Test {
  if (kind === "sregex") return matcher(pattern);
  // OSSEC: strncasecmp.
  const beginnings = prefixesSeen(pattern).map((one) => bytePath(one).toLowerCase());
  return (path) => beginnings.some((one) => path.slice(0, one.length).toLowerCase() === one);
}

function matcher(source: string): Test {
  const compiled = matchesSeen(source).map((one) => compilePattern("match", bytePath(one)));
  return (path) => compiled.some((one) => one.test(path));
}
