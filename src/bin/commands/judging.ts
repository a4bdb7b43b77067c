import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadSettings, namesIn, readText } from "../../config/load.ts";
import type { Paths } from "../../config/paths.ts";
import { type RuleFiles, ruleFiles } from "../../config/rule-files.ts";
import { Settings } from "../../config/settings.ts";
import { Failure } from "../../core/failure.ts";
import { loadRuleset, type Ruleset } from "../judge.ts";

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
  return { settings, ...loadRuleset(ruleFiles(settings.rules, places), settings) };
}

function rulesIn(folder: string, { localDecoders }: Paths): Partial<Paths> {
  needFolder(folder);
  if (!namesIn(folder).some((name) => name.endsWith(".xml"))) {
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
  alerts: { logLevel: 1, emailLevel: 7 },
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
    layers: [ruleNames(folder).map((name) => join(folder, "rules", name))],
    lists: listsIn(folder),
  };
  return { settings, ...loadRuleset(files, settings) };
}

/** As `<list>lists/NAME</list>` in a rule calls them. */
function listsIn(folder: string): RuleFiles["lists"] {
  const names = new Set(namesIn(join(folder, "lists")).map((name) => name.replace(/\.cdb$/, "")));
  return [...names].map((name) => ({ name: `lists/${name}`, file: join(folder, "lists", name) }));
}

/** As ruleset.list names them; without one all of them, with the roots of the tree first. */
function ruleNames(folder: string): string[] {
  const list = join(folder, "ruleset.list");
  if (existsSync(list)) {
    return readText(list)
      .split(/\s+/)
      .filter((name) => name !== "");
  }
  const names = namesIn(join(folder, "rules")).filter((name) => name.endsWith(".xml"));
  const [first, others] = [roots, names.filter((name) => name !== roots)];
  return names.includes(first) ? [first, ...others] : others;
}

const roots = "rules_config.xml";

function needFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Failure(`there is no folder ${folder}`, { exitCode: 66 });
}
