import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Failure } from "../core/failure.ts";
import { compilePattern } from "../pattern/compile.ts";
import { openFindings } from "./findings.ts";
import { namesIn } from "./load.ts";
import type { Paths } from "./paths.ts";
import type { RuleSource } from "./settings.ts";

/** A list of keys that rules look things up in. */
interface ListFile {
  /** What a rule's `<list>` calls it. */
  readonly name: string;
  /** Its path without ".cdb"; that file or the one with ".cdb" is there, or both. */
  readonly file: string;
}

/** The files that rules are read from, each by its whole path. */
export interface RuleFiles {
  /** In their order. A rule of a later layer replaces one of the same id in an earlier layer; within one that is refused. */
  readonly layers: readonly (readonly string[])[];
  readonly decoders: readonly string[];
  readonly lists: readonly ListFile[];
}

/**
 * Looks up what `<rules>` names, as OSSEC does (rules-config.c): exactly that, in that order, as one layer. Relative paths
 * begin at /etc/stockade, which stands for OSSEC's folder and its `etc`; a bare name of a rule file is looked for in
 * /etc/stockade/rules and then among the shipped rules. Rules, decoders and lists each stand for themselves: where none of
 * a kind is named, the shipped ones are read and then the admin's. What is not there is told in one `Failure`, each with
 * file and line.
 */
export function ruleFiles(sources: readonly RuleSource[], paths: Paths): RuleFiles {
  const findings = openFindings(paths.settings);
  const named = (kinds: readonly RuleSource["kind"][]) => {
    const found: Named[] = [];
    for (const source of sources.filter(({ kind }) => kinds.includes(kind))) {
      found.push(...(findings.attempt(() => lookUp(source, paths, found)) ?? []));
    }
    return found;
  };
  const rules = named(["include", "rule", "rule_dir"]);
  const decoders = named(["decoder", "decoder_dir"]);
  const lists = named(["list"]);
  findings.refuseMistakes();
  const isNamed = rules.length > 0;
  return {
    layers: isNamed ? [files(rules)] : usual(paths.shippedRules, paths.localRules),
    decoders: decoders.length > 0 ? files(decoders) : usualDecoders(isNamed, paths),
    lists: lists.length > 0 ? lists : listFilesIn(paths.lists),
  };
}

/** The files of rules or decoders in a folder, in the order of their names; none where the folder is absent. */
export function xmlFilesIn(folder: string): string[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".xml"));
  return names.map((name) => join(folder, name));
}

/** Every list in a folder, by the name that it would have in OSSEC. */
export function listFilesIn(folder: string): ListFile[] {
  const names = new Set(namesIn(folder).map((name) => name.replace(/\.cdb$/, "")));
  return [...names].map((name) => ({ name: `lists/${name}`, file: join(folder, name) }));
}

interface Named {
  /** As the settings write it. */
  readonly name: string;
  readonly file: string;
}

function files(found: readonly Named[]): string[] {
  return found.map(({ file }) => file);
}

function usual(...folders: readonly string[]): string[][] {
  return folders.map(xmlFilesIn);
}

/** OSSEC's rules are read by OSSEC's decoders, where those lie beside the settings. */
function usualDecoders(areRulesNamed: boolean, paths: Paths): string[] {
  const [decoders = "", local = ""] = ["decoder.xml", "local_decoder.xml"].map((name) =>
    join(paths.settingsFolder, name),
  );
  if (!areRulesNamed || !existsSync(decoders)) {
    return usual(paths.shippedDecoders, paths.localDecoders).flat();
  }
  return existsSync(local) ? [decoders, local] : [decoders];
}

function lookUp(source: RuleSource, paths: Paths, sofar: readonly Named[]): Named[] {
  const { kind, path } = source;
  if (kind === "list") return [listOf(source, paths)];
  if (kind.endsWith("_dir")) return filesIn(source, below(path, paths), sofar);
  const candidates =
    kind === "decoder" || path.includes("/")
      ? [below(path, paths)]
      : [join(paths.localRules, path), join(paths.shippedRules, path)];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file !== undefined) return [{ name: path, file }];
  throw missing(source, `there is no ${candidates.join(" and no ")}`);
}

function listOf(source: RuleSource, paths: Paths): ListFile {
  const path = source.path.replace(/\.cdb$/, "");
  const name = path.includes("/") ? path : `rules/${path}`;
  const file = below(name, paths);
  if (existsSync(file) || existsSync(`${file}.cdb`)) return { name, file };
  throw missing(source, `there is no ${file} and no ${file}.cdb`);
}

/** What the pattern chooses of a folder, in the order of its names, without what was named above by its path or bare name. */
function filesIn(source: RuleSource, folder: string, sofar: readonly Named[]): Named[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw missing(source, `there is no folder ${folder}`);
  }
  const isWanted = matcherOf(source);
  return namesIn(folder).flatMap((bare) => {
    const name = `${source.path}/${bare}`;
    const file = join(folder, bare);
    const isThere = sofar.some((known) => known.name === bare || known.file === file);
    return isWanted(name) && !isThere ? [{ name, file }] : [];
  });
}

function matcherOf({ kind, pattern = ".xml$", at }: RuleSource): (name: string) => boolean {
  try {
    const compiled = compilePattern("regex", pattern);
    return (name) => compiled.test(name);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const problem = `<${kind}> has the pattern "${pattern}": ${thrown.message}`;
    throw new Failure(`${at}: ${problem}`, { hint: thrown.hint });
  }
}

function below(path: string, { settingsFolder }: Paths): string {
  return isAbsolute(path) ? path : join(settingsFolder, path.replace(/^etc\//, ""));
}

function missing({ kind, path, at }: RuleSource, problem: string): Failure {
  return new Failure(`${at}: <${kind}> names "${path}", and ${problem}`);
}
