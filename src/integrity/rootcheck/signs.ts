import { readText } from "../../config/load.ts";
import type { Rootcheck } from "../../config/rootcheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { type PolicyEntry, readPolicy } from "./formats/policy.ts";
import { type KnownFile, readRootkitFiles } from "./formats/rootkit-files.ts";
import { readRootkitTrojans, type TrojanSign } from "./formats/rootkit-trojans.ts";
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
  const read = <T>(files: readonly string[], reader: (text: string) => Read<T>) =>
    files.map((file) => readOne(file, reader, log));
  return {
    files: [...knownFiles(), ...read(settings.rootkitFiles, readRootkitFiles).flat()],
    trojans: [...trojanSigns(), ...read(settings.rootkitTrojans, readRootkitTrojans).flat()],
    policies: read(settings.systemAudits, (text) => {
      const { entries, mistakes } = readPolicy(text);
      return { held: entries, mistakes };
    }),
  };
}

interface Read<T> {
  readonly held: T[];
  readonly mistakes: string[];
}

const mostMistakes = 5;

function readOne<T>(file: string, reader: (text: string) => Read<T>, log: Log): T[] {
  try {
    const { held, mistakes } = reader(readText(file));
    for (const mistake of mistakes.slice(0, mostMistakes)) log.warn(`${file}:${mistake}`);
    const more = mistakes.length - mostMistakes;
    if (more > 0) log.warn(`${file}: ${more} more lines cannot be read`);
    return held;
  } catch (thrown) {
    log.error(`${reasonOf(thrown)}: nothing in it is looked for`);
    return [];
  }
}
