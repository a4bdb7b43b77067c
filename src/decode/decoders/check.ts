import { refuse } from "../../config/xml.ts";
import type { Draft } from "./read.ts";

/** Refuses what OSSEC refuses in one `<decoder>`, its neighbours apart: a `Failure` with file and line. */
export function checkAlone(draft: Draft): void {
  const { name, parent, program, prematch, regex, order, fts, plugin, file, element } = draft;
  const found = [
    [
      parent === undefined && !prematch && !program,
      "would fit every line: it has no <parent>, no <program_name> and no <prematch>",
    ],
    [regex && !order, "captures, but has no <order> that names what"],
    [order && !regex, "has an <order>, but neither <regex> nor <pcre2>"],
    [fts && !regex, "has an <fts>, but neither <regex> nor <pcre2>"],
    [plugin && (regex || order), "has a <plugin_decoder>, which takes neither regex nor order"],
    [regex && isLiteral(regex), "has a <regex> that is a plain text and captures nothing"],
    ...wrongOffsets(draft),
  ] as const;
  const problem = found.find(([wrong]) => wrong)?.[1];
  if (problem !== undefined) throw refuse(file, element, `"${name}" ${problem}`);
}

function wrongOffsets({ parent, prematch, regex }: Draft) {
  const alone = parent === undefined;
  return [
    [
      prematch?.offset !== undefined && prematch.offset !== "after_parent",
      `has a prematch with offset="${prematch?.offset}", expected after_parent`,
    ],
    [prematch?.offset && alone, 'has a prematch with offset="after_parent", but no <parent>'],
    [regex?.offset === "after_parent" && alone, 'has offset="after_parent", but no <parent>'],
    [
      regex?.offset === "after_prematch" && !alone && !prematch,
      'has offset="after_prematch", but no prematch of its own',
    ],
    [regex?.offset === "after_regex" && alone, 'has offset="after_regex", but no <parent>'],
  ] as const;
}

/** What OSSEC compares without a regex engine, which then has nothing to give: the fast path of os_regex_compile.c. */
function isLiteral({ pattern, dialect }: NonNullable<Draft["regex"]>): boolean {
  const { source } = pattern;
  const anchored = source.startsWith("^") || source.endsWith("$");
  return dialect === "regex" && anchored && literal.test(source);
}

const literal = /^\^?[A-Za-z0-9 !"#%&',/:;<=>@_`~-]*\$?$/;
