import type { SectionTexts } from "./option-text.ts";

/** `<command>`, as OSSEC 4.3 knows it */
export const commandTexts = {
  name: { values: "a name", does: "what active responses call it" },
  executable: {
    values: "`firewall-drop.sh`, `host-deny.sh`, `disable-account.sh`, a file's name",
    does:
      "a block, or a file of yours in `/etc/stockade/active-response/bin`: " +
      "[commands of your own](responses.md#commands-of-your-own)",
  },
  expect: {
    values: "some of srcip, user, filename",
    does:
      "what a command of yours is told; where one is missing it is not run. " +
      "`username` is `user`",
  },
  timeout_allowed: {
    values: "yes, no",
    standard: "no",
    does: "whether an active response may give it a `timeout`",
  },
} as const satisfies SectionTexts;

/** `<active-response>`: what OSSEC 4.3 knows and has an effect, and ours */
export const responseTexts = {
  command: {
    values: "`firewall-drop`, `host-deny`, `disable-account`, a command's name",
    does: "what is done",
  },
  level: { values: "0 to 20, a level", does: "about alerts from this level on" },
  rules_id: {
    values: "rule ids, with commas between them",
    does: "and about alerts of these rules",
  },
  rules_group: {
    values: "groups, with `\\|` or commas between them",
    does:
      "and about alerts of rules in these groups; with `ossec_compatible` a pattern (OS_Regex) " +
      "on the text of all groups",
  },
  timeout: {
    values: "0 to 31536000 seconds",
    standard: "600",
    does:
      "how long it lasts. OSSEC blocks for ever where it is absent or 0, Stockade never does; " +
      "a command of yours is then run once for each alert and never undone",
  },
  location: {
    values: "local, server, all, …",
    standard: "local",
    does: "this server, whatever it says; with `defined-agent` the response is not run",
  },
  verdict: {
    values: "some of attacked-by, called-out, answered, unproven",
    standard: "attacked-by",
    does: "which [verdicts](responses.md#verdicts) lead to it, with commas between them",
  },
  observe: {
    values: "yes, no",
    standard: "no",
    does:
      "beside a `command`: what this response would do is only told. In a section of its own: " +
      "nobody is blocked at all",
  },
  observe_rules: {
    values: "rule ids, with commas between them",
    does: "in a section of its own: these rules block nobody; who would have been blocked is told",
  },
  repeated_offenders: {
    values: "minutes, with commas between them",
    does:
      "how long the second block of a source lasts, the third, …; the last one from then on. " +
      "It holds for all responses, the first one in the file",
  },
  repeated_multiplier: {
    values: "1 to 100, a factor",
    standard: "1",
    does:
      "in a section of its own, in place of `repeated_offenders`: each block of a source lasts " +
      "so many times as long as the one before",
  },
  repeated_maximum: {
    values: "1 to 31536000 seconds",
    standard: "604800",
    does: "in a section of its own: but no longer than this",
  },
  repeated_forgiven: {
    values: "1 to 31536000 seconds",
    standard: "86400",
    does: "in a section of its own: after so long without a block the next one is the first again",
  },
  disabled: {
    values: "yes, no",
    standard: "no",
    does: "leave this response out; in a section of its own, `yes` switches all of them off",
  },
} as const satisfies SectionTexts;
