import { type AnalysisOptions, openAnalysis, type Verdict } from "../analyse/analyse.ts";
import { compileRules, type ReadyTree } from "../analyse/compile.ts";
import { loadRules } from "../analyse/rules/load.ts";
import { checkLogFormats } from "../collect/join/formats.ts";
import { loadSettings } from "../config/load.ts";
import type { Paths } from "../config/paths.ts";
import { type RuleFiles, ruleFiles } from "../config/rule-files.ts";
import type { Settings } from "../config/settings.ts";
import type { Notice } from "../config/xml.ts";
import type { Event, Line } from "../core/event.ts";
import type { Log } from "../core/log.ts";
import { type DecodeOptions, openDecoder } from "../decode/decode.ts";
import type { Decoders } from "../decode/decoders/decoder.ts";
import { loadDecoders } from "../decode/decoders/load.ts";
import { checkDecoderNames } from "./decoder-names.ts";
import { executableNotices } from "./executable-notices.ts";
import { boundToRules } from "./rules-group.ts";

/** What lines are judged by. */
export interface Ruleset {
  readonly rules: ReadyTree;
  readonly decoders: Decoders;
}

/** Everything that is read at start and at reload, checked as a whole. */
export interface Configuration extends Ruleset {
  readonly settings: Settings;
  readonly notices: readonly Notice[];
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

/** Reads settings, rules and decoders: start, reload and `stockade config check` alike. Throws a `Failure`. */
export function loadConfiguration(paths: Paths): Configuration {
  const readAt = Date.now();
  const { settings, notices } = loadSettings(paths.settings);
  checkLogFormats(settings.localFiles);
  const ruleset = loadRuleset(ruleFiles(settings.rules, paths), settings);
  const bound = boundToRules(settings, ruleset.rules.tree);
  const told = [...notices, ...executableNotices(settings.commands, paths.executables)];
  return { settings: bound, notices: told, readAt, ...ruleset };
}

/** The same, and the log has what is worth knowing about it. */
export function loadTelling(paths: Paths, log: Log): Configuration {
  const configuration = loadConfiguration(paths);
  for (const { file, line, message } of configuration.notices) {
    log.warn(`${file}:${line}: ${message}`);
  }
  return configuration;
}

/** Reads and compiles rules and decoders. Throws a `Failure` with file, line and what is wrong. */
export function loadRuleset(files: RuleFiles, settings: Settings): Ruleset {
  const tree = loadRules(files.layers, settings.global.ossecCompatible);
  const rules = compileRules(tree, settings.alerts, files.lists);
  const decoders = loadDecoders(files.decoders);
  checkDecoderNames(tree, decoders);
  return { rules, decoders };
}

/** A line that has been read and judged. */
export interface Judged {
  readonly event: Event;
  readonly verdict: Verdict;
}

/** From a line to a verdict: decode and analyse, with the memory that goes with them. */
export interface Judge {
  judge(line: Line): Judged;
  /** Forgets every line it has seen. */
  forget(): void;
}

export type JudgeOptions = AnalysisOptions & Pick<DecodeOptions, "timeOf" | "watch" | "verdictOf">;

export function openJudge({ rules, decoders }: Ruleset, options: JudgeOptions = {}): Judge {
  const { timeOf, watch, verdictOf, memory } = options;
  const { compatible } = rules.tree;
  const decode = openDecoder(decoders, {
    timeOf,
    watch,
    verdictOf,
    compatible,
    hosts: memory?.hosts,
  });
  const analysis = openAnalysis(rules, options);
  return {
    judge(line) {
      const event = decode(line);
      return { event, verdict: analysis.judge(event) };
    },
    forget() {
      decode.forget();
      analysis.forget();
    },
  };
}
