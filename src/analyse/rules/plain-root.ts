import type { RuleSpec } from "./spec.ts";

/** A rule that only stands for its category, where no file has one; `spec` is the first that needs it. */
export function plainRoot({ file, element }: RuleSpec): RuleSpec {
  return { ...noConditions, file, element };
}

const noConditions: Omit<RuleSpec, "file" | "element"> = {
  id: 0,
  level: 0,
  description: "",
  groups: [],
  groupText: "",
  maxSize: 0,
  ignore: 0,
  isLast: false,
  noalert: true,
  overwrite: false,
  options: new Set(),
  category: undefined,
  parents: { by: "category" },
  decodedAs: undefined,
  texts: [],
  srcip: [],
  dstip: [],
  time: undefined,
  weekday: undefined,
  compiledRule: undefined,
  lists: [],
  checkDiff: false,
  ifFts: false,
  ignoreParts: [],
  ignoredParts: [],
  composite: undefined,
  details: [],
};
