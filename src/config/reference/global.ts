import type { SectionTexts } from "./option-text.ts";

/** `<global>` */
export const globalTexts = {
  email_notification: {
    values: "yes, no",
    standard: "yes",
    does: "whether alerts are mailed at all",
  },
  email_to: {
    values: "a mail address",
    standard: "root@localhost",
    does: "who gets the mails; repeat it for more people",
  },
  email_from: {
    values: "a mail address",
    standard: "stockade@localhost",
    does: "the sender, in the domain that your relay has verified",
  },
  smtp_server: {
    values: "`host`, `host:port`",
    standard: "localhost",
    does: "where mail is handed over; a program is not run",
  },
  email_maxperhour: {
    values: "1 to 9999 mails",
    standard: "6",
    does: "mails in a clock hour; the rest is one digest at its end",
  },
  white_list: {
    values: "an address, a network, a name",
    does: "never blocked; repeat it for more. `any` spares everybody, `!` is not supported",
  },
  allow_list: {
    values: "an address, a network, a name",
    does: "the same as `white_list`",
  },
  home_net: {
    values: "an address, a network",
    does: "yours besides this server's own addresses, and never blocked; repeat it for more",
  },
  signatures: {
    values: "an absolute path",
    does:
      "a file of Suricata's signatures, or a folder of `.rules` files, in place of " +
      "`/var/lib/suricata/rules`; repeat it for more",
  },
  ossec_compatible: {
    values: "yes, no",
    standard: "no",
    does: "judge as OSSEC does, oddities included: [from-ossec.md](from-ossec.md)",
  },
  jsonout_output: {
    values: "yes, no",
    standard: "yes",
    does: "write alerts.json besides alerts.log",
  },
  memory_size: {
    values: "0 to 999999999 events",
    standard: "8192",
    does: "how many events OSSEC's way of counting looks back on; less than 2048 is raised to it",
  },
} as const satisfies SectionTexts;

/** `<alerts>` */
export const alertsTexts = {
  log_alert_level: {
    values: "0 to 16, a level",
    standard: "1",
    does: "from which level on an alert is written",
  },
  email_alert_level: {
    values: "0 to 16, a level",
    standard: "9",
    does: "from which level on an alert is mailed",
  },
  email_rules: {
    values: "ids of rules, with commas",
    standard: "",
    does: "these are mailed whatever their level; repeat it for more",
  },
} as const satisfies SectionTexts;

/** `<circuit_breaker>`, all of it ours */
export const breakerTexts = {
  per_minute: {
    values: "1 to 60000 sources",
    standard: "600",
    does:
      "how many may be blocked within a minute, in all: " +
      "[the circuit breaker](responses.md#the-circuit-breaker)",
  },
  per_hour: { values: "1 to 60000 sources", standard: "1500", does: "and within an hour" },
  rule_per_minute: {
    values: "1 to 60000 sources",
    standard: "400",
    does: "within a minute, by one rule",
  },
  rule_per_hour: { values: "1 to 60000 sources", standard: "800", does: "and within an hour" },
  network_per_minute: {
    values: "1 to 60000 sources",
    standard: "60",
    does: "within a minute, of one network: a /16, or an IPv6 /32",
  },
  network_per_hour: { values: "1 to 60000 sources", standard: "120", does: "and within an hour" },
} as const satisfies SectionTexts;
