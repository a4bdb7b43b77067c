import { readText } from "../../config/load.ts";
import type { Rootcheck, SignFile } from "../../config/rootcheck-settings.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { type PolicyEntry, readPolicy } from "./formats/policy.ts";
import { type KnownFile, readRootkitFiles } from "./formats/rootkit-files.ts";
import { readRootkitTrojans, type TrojanSign } from "./formats/rootkit-trojans.ts";
import type { Held } from "./formats/sign-lines.ts";
import { knownFiles } from "./signs/known-files.ts";
import { trojanSigns } from "./signs/trojan-signs.ts";

/** What is looked for: what Stockade knows by itself, and what the admin's files in OSSEC's formats say. */
export interface Signs {
  readonly files: readonly KnownFile[];
  readonly trojans: readonly TrojanSign[];
  /** Entry by entry, for each file. */
  readonly policies: readonly (readonly PolicyEntry[])[];
}

/** Reads the files that the settings name. One that cannot be read, or a line in it, is told in the log and left out. */
export function loadSigns(settings: Rootcheck, log: Log): Signs {
  const read = <T>(files: readonly string[], reader: (text: string) => Held<T>) =>
    files.map((file) => readOne(file, reader, log));
  return {
    files: [...knownFiles(), ...read(settings.rootkitFiles, readers.rootkit_files).flat()],
    trojans: [...trojanSigns(), ...read(settings.rootkitTrojans, readers.rootkit_trojans).flat()],
    policies: read(settings.systemAudits, readers.system_audit),
  };
}

/**
 * What is wrong with a file that an option of `<rootcheck>` names, a sentence each. Nothing where this user may not read it: root's
 * `config check` tells.
 */
export function signMistakes({ option, path }: Pick<SignFile, "option" | "path">): string[] {
  try {
    return toldOf(path, readers[option](readText(path)).mistakes);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return thrown.exitCode === 77 ? [] : [unread(thrown)];
  }
}

const readers = {
  rootkit_files: readRootkitFiles,
  rootkit_trojans: readRootkitTrojans,
  system_audit: (text: string): Held<PolicyEntry> => {
    const { entries, mistakes } = readPolicy(text);
    return { held: entries, mistakes };
  },
};

const mostMistakes = 5;

function toldOf(file: string, mistakes: readonly string[]): string[] {
  const told = mistakes.slice(0, mostMistakes).map((mistake) => `${file}:${mistake}`);
  const more = mistakes.length - mostMistakes;
  return more > 0 ? [...told, `${file}: ${more} more lines cannot be read`] : told;
}

function unread(thrown: unknown): string {
  return `${reasonOf(thrown)}: nothing in it is looked for`;
}

function readOne<T>(file: string, reader: (text: string) => Held<T>, log: Log): T[] {
  try {
    const { held, mistakes } = reader(readText(file));
    for (const mistake of toldOf(file, mistakes)) log.warn(mistake);
    return held;
  } catch (thrown) {
    log.error(unread(thrown));
    return [];
  }
}
