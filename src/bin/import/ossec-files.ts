import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readText } from "../../config/load.ts";
import { ruleFiles } from "../../config/rule-files.ts";
import type { Settings } from "../../config/settings.ts";
import { type Element, parseXml } from "../../config/xml.ts";
import { Failure } from "../../core/failure.ts";
import { loadRuleset } from "../judge.ts";
import type { Candidate } from "./candidate.ts";
import { type Item, left, taken } from "./item.ts";
import { strain } from "./strain.ts";

/** A file of OSSEC's: what its settings call it, and where it is. */
export interface OssecFile {
  readonly name: string;
  readonly path: string;
}

/** What `<rules>` of an `ossec.conf` names, as OSSEC looks it up below its folder (rules-config.c). */
export interface OssecFiles {
  readonly rules: readonly OssecFile[];
  readonly decoders: readonly OssecFile[];
  readonly lists: readonly OssecFile[];
}

export function ossecFiles(all: readonly Element[], folder: string): OssecFiles {
  const entries = all.filter(({ name }) => name === "rules").flatMap(({ children }) => children);
  const named = (...kinds: string[]) => entries.filter(({ name }) => kinds.includes(name));
  const found = (...candidates: string[]) =>
    candidates.filter((path) => existsSync(path)).slice(0, 1);
  const filesOf = (entry: Element, ...places: string[]): OssecFile[] => {
    const name = entry.text.trim();
    if (!entry.name.endsWith("_dir")) {
      return found(...places.map((place) => join(folder, place, name))).map((path) => ({
        name,
        path,
      }));
    }
    const inside = existsSync(join(folder, name)) ? readdirSync(join(folder, name)).sort() : [];
    const files = inside.filter((one) => one.endsWith(".xml"));
    return files.map((one) => ({ name: one, path: join(folder, name, one) }));
  };
  const decoders = named("decoder", "decoder_dir").flatMap((entry) => filesOf(entry, "."));
  const usual = ["decoder.xml", "local_decoder.xml"].map((name) => ({
    name,
    path: join(folder, "etc", name),
  }));
  return {
    rules: named("include", "rule", "rule_dir").flatMap((entry) => filesOf(entry, "rules", ".")),
    decoders: decoders.length > 0 ? decoders : usual.filter(({ path }) => existsSync(path)),
    lists: named("list").flatMap((entry) => filesOf(entry, ".", "rules")),
  };
}

/** The ids that OSSEC leaves to its users begin here. */
const firstOwnId = 100_000;

/** Whether the admin wrote a rule file: its name says so, or one of its rules. */
function isOwn({ name, path }: OssecFile): boolean {
  if (basename(name) === "local_rules.xml") return true;
  const ids = [...readText(path).matchAll(/<rule\s[^>]*\bid\s*=\s*["'](\d+)/g)];
  return ids.some(([, id]) => Number(id) >= firstOwnId);
}

interface Taken {
  readonly items: Item[];
  readonly files: Map<string, string>;
}

/**
 * Takes the admin's own rules, decoders and lists, as far as they load beside the shipped rules: of a rule file what does,
 * of a decoder file all or nothing. `candidate` has them then.
 */
export function takeFiles(found: OssecFiles, settings: Settings, candidate: Candidate): Taken {
  const result: Taken = { items: [], files: new Map() };
  const load = () => void loadRuleset(ruleFiles(settings.rules, candidate.paths), settings);
  for (const file of found.lists) takeList(file, candidate, result);
  const own = found.decoders.filter(({ name }) => basename(name) !== "decoder.xml");
  for (const file of own) takeDecoders(file, candidate, load, result);
  for (const file of found.rules) {
    if (isOwn(file)) takeRules(file, candidate, load, result);
  }
  const stock = found.rules.filter((file) => !isOwn(file)).length;
  if (stock > 0) {
    const because =
      "Stockade's own rules judge, by the same ids; stockade import ossec --ruleset takes OSSEC's";
    result.items.push(left(`${stock} rule files of OSSEC's`, "", because));
  }
  return result;
}

function takeList({ name, path }: OssecFile, candidate: Candidate, { items, files }: Taken): void {
  const target = `lists/${basename(name)}`;
  const text = existsSync(path) ? attempt(() => readText(path), path, items) : undefined;
  if (text === undefined) return;
  candidate.put(target, text);
  files.set(target, text);
  items.push(taken(`the list ${name}`, path));
}

function takeDecoders(
  { name, path }: OssecFile,
  candidate: Candidate,
  load: () => void,
  { items, files }: Taken,
): void {
  const text = attempt(() => readText(path), path, items);
  if (text === undefined || isEmpty(text, path)) return;
  const target = `decoders/ossec_${basename(name)}`;
  candidate.put(target, text);
  try {
    load();
    files.set(target, text);
    items.push(taken(`the decoders of ${basename(name)}`, path));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    candidate.drop(target);
    items.push(left(`the decoders of ${basename(name)}`, path, thrown.message));
  }
}

function takeRules(
  { name, path }: OssecFile,
  candidate: Candidate,
  load: () => void,
  { items, files }: Taken,
): void {
  const text = attempt(() => readText(path), path, items);
  if (text === undefined) return;
  const target = `rules/ossec_${basename(name)}`;
  const what = `the rules of ${basename(name)}`;
  const trial = (one: string) => {
    candidate.put(target, one);
    load();
  };
  const file = join(candidate.paths.settingsFolder, target);
  const strained = strain(file, text, trial, (because) => items.push(left(what, path, because)));
  if (!strained) {
    candidate.drop(target);
    return;
  }
  files.set(target, strained.text);
  items.push(taken(what, path));
  for (const { id, line, because } of strained.without) {
    items.push(left(`rule ${id}`, `${path}:${line}`, because));
  }
}

/** Whether nothing but comments is in it, as in the file that OSSEC installs. */
function isEmpty(text: string, path: string): boolean {
  try {
    return parseXml(text, path, "left out").length === 0;
  } catch {
    // Then it is told when it is loaded.
    return false;
  }
}

function attempt<T>(read: () => T, path: string, items: Item[]): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    items.push(left(basename(path), path, thrown.message));
    return undefined;
  }
}
