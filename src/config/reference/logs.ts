import type { SectionTexts } from "./option-text.ts";

/** `<rules>`: OSSEC's six names */
export const rulesTexts = {
  include: { values: "a path", does: "a rule file" },
  rule: { values: "a path", does: "the same as `include`" },
  rule_dir: {
    values: "a path",
    does:
      'a folder of rule files, by name; the attribute `pattern="…"` (OS_Regex on `folder/file`, ' +
      "`.xml$` when absent) chooses",
  },
  decoder: { values: "a path", does: "a decoder file" },
  decoder_dir: { values: "a path", does: "a folder of decoder files, as `rule_dir`" },
  list: {
    values: "a path",
    does: "a CDB list, with or without `.cdb`; rules name it as it is written here",
  },
} as const satisfies SectionTexts;

/** `<localfile>`; `multiline_regex` is ours */
export const localFileTexts = {
  log_format: {
    values: "a [format](logs.md#formats)",
    does: "how the log is written; it must be there",
  },
  location: {
    values: "an absolute path, a name",
    does:
      "the file, with `*`, `?`, `[…]` and strftime(3)'s `%Y-%m-%d` where you like; for " +
      "`journald` what programs call themselves, or `all`",
  },
  multiline_regex: {
    values: "a pattern",
    does:
      "for `multi-line-regex`: what the first line of an entry matches; " +
      '`type="pcre2"` or `type="match"`, else OS_Regex',
  },
  "only-future-events": {
    values: "yes, no",
    standard: "no",
    does: "leave out what was written while Stockade did not run",
  },
  command: {
    values: "a line of shell",
    does: "for `command` and `full_command`: what `/bin/sh` is to run",
  },
  alias: {
    values: "a text",
    standard: "the command",
    does: "what the output of a command is called",
  },
  frequency: {
    values: "1 to 2147483 seconds, hourly, daily",
    standard: "360",
    does: "from one run of a command to the next",
  },
  query: { values: "any", does: "has no effect: it chooses events of Windows" },
} as const satisfies SectionTexts;
