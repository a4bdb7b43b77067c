import type { Rootcheck } from "../../config/rootcheck-settings.ts";
import { Syscheck } from "../../config/syscheck-settings.ts";
import { openCoverage } from "../cover.ts";
import type { BytePath } from "../entry.ts";

/** Says which paths `<rootcheck><ignore>` leaves out, each with all below it: as `<syscheck><ignore>` would. */
export function ignoredBy({ ignore }: Rootcheck): (path: BytePath) => boolean {
  return openCoverage(Syscheck.parse({ ignore })).isIgnored;
}
