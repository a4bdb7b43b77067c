import { join } from "node:path";
import type { Paths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import { ownAddresses } from "../config/untouchables/facts.ts";
import type { Log } from "../core/log.ts";
import { type Ground, openVerdicts } from "../verdict/verdict.ts";
import type { JudgeOptions } from "./judge.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

export type Verdicts = Pick<JudgeOptions, "verdictOf">;

/** For the commands: the verdicts that the settings lead to on this machine, without a word of their own. */
export function verdictsFor(settings: Settings, paths: Paths): Verdicts {
  const verdicts = openVerdicts(ownAddresses, silent);
  verdicts.configure(groundOf(settings, paths));
  return { verdictOf: verdicts.of };
}

/** Stockade's own signatures, and those that Suricata has loaded, or the settings name. */
export function groundOf({ global }: Settings, paths: Paths): Ground {
  const { homeNets, signatures } = global;
  const others = signatures.length > 0 ? signatures : [paths.signatures];
  return { homeNets, signatures: [join(paths.shippedRules, "suricata"), ...others] };
}
