import type { RuleTree } from "../analyse/rules/tree.ts";
import type { Settings } from "../config/settings.ts";
import { compilePattern } from "../pattern/compile.ts";

/**
 * The settings, with the ids of the rules that each response means by a pattern of groups. OSSEC looks for it in the text
 * of a rule's groups, once, when it starts (rules.c). And with the ids of the rules that only observe.
 */
export function boundToRules(settings: Settings, { rules }: RuleTree): Settings {
  const bound = <T extends Pick<Settings["activeResponses"][number], "groupPattern" | "ruleIds">>(
    response: T,
  ): T => {
    const { groupPattern, ruleIds } = response;
    if (groupPattern === undefined) return response;
    const pattern = compilePattern("regex", groupPattern);
    const meant = [...rules].filter(([, { spec }]) => pattern.test(spec.groupText));
    return { ...response, ruleIds: [...ruleIds, ...meant.map(([id]) => id)] };
  };
  const observing = [...rules].filter(([, { spec }]) => spec.options.has("observe"));
  const observeRules = [
    ...new Set([...settings.blocking.observeRules, ...observing.map(([id]) => id)]),
  ];
  return {
    ...settings,
    activeResponses: settings.activeResponses.map(bound),
    customResponses: settings.customResponses.map(bound),
    blocking: { ...settings.blocking, observeRules },
  };
}
