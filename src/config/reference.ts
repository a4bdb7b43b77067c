import { alertsTexts, breakerTexts, globalTexts } from "./reference/global.ts";
import { localFileTexts, rulesTexts } from "./reference/logs.ts";
import type { SectionTexts } from "./reference/option-text.ts";
import { commandTexts, responseTexts } from "./reference/responses.ts";
import { rootcheckTexts } from "./reference/rootcheck.ts";
import { syscheckTexts } from "./reference/syscheck.ts";

/** Every option that has an effect, by its section. The readers of sections know no others. */
export const reference: Readonly<Record<string, SectionTexts>> = {
  global: globalTexts,
  alerts: alertsTexts,
  rules: rulesTexts,
  localfile: localFileTexts,
  command: commandTexts,
  "active-response": responseTexts,
  circuit_breaker: breakerTexts,
  syscheck: syscheckTexts,
  rootcheck: rootcheckTexts,
};
