import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { loadSettings, readText } from "../../config/load.ts";
import type { Paths } from "../../config/paths.ts";
import { listFilesIn, type RuleFiles, ruleFiles, xmlFilesIn } from "../../config/rule-files.ts";
import { Settings } from "../../config/settings.ts";
import { Failure } from "../../core/failure.ts";
import { loadRuleset, type Ruleset } from "../judge.ts";
import { boundToRules } from "../rules-group.ts";

/** What a command judges by. */
export interface Judging extends Ruleset {
  readonly settings: Settings;
}

/**
 * What is in force, as a start would read it; the rules of `folder`, and the decoders in its folder `decoders` if there is
 * one, in place of the admin's. A checkout has no settings file: the defaults do. Throws a `Failure` as a start does.
 */
export function judgingBy(paths: Paths, folder?: string): Judging {
  const settings = existsSync(paths.settings)
    ? loadSettings(paths.settings).settings
    : Settings.parse({});
  const places = folder === undefined ? paths : { ...paths, ...rulesIn(folder, paths) };
  const ruleset = loadRuleset(ruleFiles(settings.rules, places), settings);
  return { settings: boundToRules(settings, ruleset.rules.tree), ...ruleset };
}

function rulesIn(folder: string, { localDecoders }: Paths): Partial<Paths> {
  needFolder(folder);
  if (xmlFilesIn(folder).length === 0) {
    throw new Failure(`there are no rules in ${folder}`, {
      hint: "rules are in files whose names end in .xml",
      exitCode: 66,
    });
  }
  const decoders = join(folder, "decoders");
  return { localRules: folder, localDecoders: existsSync(decoders) ? decoders : localDecoders };
}

/** OSSEC's own levels; nothing is blocked. */
const ossecSettings = {
  global: { ossecCompatible: true },
  alerts: { logLevel: 1, emailLevel: 7, emailRules: [] },
};

/**
 * Judging as OSSEC does, by a folder: decoder.xml, local_decoder.xml where it is there, and the files of rules/ in the order
 * of ruleset.list; its lists. Throws a `Failure` for what is missing or wrong.
 */
export function judgingAsOssec(folder: string): Judging {
  needFolder(folder);
  const settings = Settings.parse(ossecSettings);
  const local = join(folder, "local_decoder.xml");
  const files: RuleFiles = {
    decoders: [join(folder, "decoder.xml"), ...(existsSync(local) ? [local] : [])],
    layers: [ruleFilesBelow(folder)],
    lists: listFilesIn(join(folder, "lists")),
  };
  return { settings, ...loadRuleset(files, settings) };
}

/** As ruleset.list names them; without one all of them, with the roots of the tree first. */
function ruleFilesBelow(folder: string): string[] {
  const list = join(folder, "ruleset.list");
  if (existsSync(list)) {
    const names = readText(list).split(/\s+/);
    return names.filter((name) => name !== "").map((name) => join(folder, "rules", name));
  }
  const files = xmlFilesIn(join(folder, "rules"));
  const areRoots = (file: string) => basename(file) === roots;
  return [...files.filter(areRoots), ...files.filter((file) => !areRoots(file))];
}

const roots = "rules_config.xml";

function needFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Failure(`there is no folder ${folder}`, { exitCode: 66 });
}
