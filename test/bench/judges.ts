import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Judge, loadRuleset, openJudge } from "../../src/bin/judge.ts";
import { pathsBelow } from "../../src/config/paths.ts";
import { ruleFiles } from "../../src/config/rule-files.ts";
import { Settings } from "../../src/config/settings.ts";
import { shared } from "../shared.ts";

/** A judge by OSSEC's own ruleset, as OSSEC judges, or by the rules that Stockade ships, its own way. */
export function judgeBy(rules: string): Judge {
  return rules === "stock" ? stockJudge() : shippedJudge();
}

function stockJudge(): Judge {
  const below = (name: string) => shared(`conformance/ossec/${name}`);
  const names = readFileSync(below("ruleset.list"), "utf8").trim().split(/\s+/);
  const layers = [names.map((name) => below(`rules/${name}`))];
  const settings = Settings.parse({ global: { ossecCompatible: true } });
  const decoders = [below("decoder.xml")];
  return openJudge(loadRuleset({ layers, decoders, lists: [] }, settings));
}

function shippedJudge(): Judge {
  const paths = pathsBelow(
    join(import.meta.dirname, "nowhere"),
    join(import.meta.dirname, "../.."),
  );
  const files = ruleFiles([], paths);
  return openJudge(loadRuleset(files, Settings.parse({})), { timeOf: (at) => at });
}
