import { openAnalysis, type Verdict } from "../analyse/analyse.ts";
import { loadRules, ruleFilesIn } from "../analyse/rules/load.ts";
import { loadSettings } from "../config/load.ts";
import type { Paths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import type { Notice } from "../config/xml.ts";
import type { Event, Line } from "../core/event.ts";
import { openDecoder } from "../decode/decode.ts";

/** Everything that is read at start and at reload, checked as a whole. */
export interface Configuration {
  readonly settings: Settings;
  readonly notices: readonly Notice[];
  readonly rules: ReturnType<typeof loadRules>;
}

/** Reads settings and rules: start, reload and `stockade config check` alike. Throws a `Failure`. */
export function loadConfiguration(paths: Paths): Configuration {
  const { settings, notices } = loadSettings(paths.settings);
  return { settings, notices, rules: loadRules([ruleFilesIn(paths.shippedRules), ruleFilesIn(paths.localRules)]) };
}

/** From a line to a verdict: decode and analyse, with the counters that go with them. */
export function openJudge(
  { settings, rules }: Pick<Configuration, "settings" | "rules">,
  timeOf?: (at: number, receivedAt: number) => number,
): (line: Line) => { event: Event; verdict: Verdict } {
  const decode = openDecoder(timeOf);
  const analyse = openAnalysis(rules, settings.alerts);
  return (line) => {
    const event = decode(line);
    return { event, verdict: analyse(event) };
  };
}
