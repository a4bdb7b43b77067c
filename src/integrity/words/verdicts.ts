import type { IntegrityVerdict } from "../entry.ts";

/** What a verdict is called. */
export const verdictWords: Readonly<Record<IntegrityVerdict, string>> = {
  explained: "explained by a package transaction",
  "side-effect": "a side effect of a package transaction",
  prefiltered: "rewritten by a program that may, and as its package recorded without that",
  conffile: "a package's setting, edited here",
  differs: "not what its package recorded",
  matches: "as its package recorded, yet touched without a transaction",
  unowned: "no package's file, in a folder of packages",
  tools: "a program that verdicts rest on",
  unverified: "could not be verified",
  plain: "no package's file",
};
