import { join } from "node:path";
import { parseAddress } from "../../src/core/address.ts";
import type { VerdictOf } from "../../src/core/event.ts";
import { openVerdicts } from "../../src/verdict/verdict.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** The server of the tests. */
export const ours = ["198.51.100.44", "2001:db8::1"].flatMap((text) => parseAddress(text) ?? []);

/** Verdicts by our own signatures and those in fixtures/. */
export function verdictOfTests(homeNets: readonly string[] = []): VerdictOf {
  const verdicts = openVerdicts(() => ours, silent);
  const folders = ["fixtures", "../../rules/suricata"];
  const signatures = folders.map((folder) => join(import.meta.dirname, folder));
  verdicts.configure({ homeNets, signatures });
  return verdicts.of;
}
