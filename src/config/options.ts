import { ruleIds, whole } from "./numbers.ts";
import type { alertsTexts, breakerTexts, globalTexts } from "./reference/global.ts";
import {
  absolutePath,
  homeNetwork,
  mailAddress,
  networkOrName,
  type Read,
  server,
  text,
  yesNo,
} from "./values.ts";

/** A part of the settings as the file words it, by the names of `Settings`; lists have the names in `listed`. */
export type Draft = Record<string, unknown>;

/**
 * Puts an option's value into the draft. Returns what the admin should know of it, if anything, for example that it has no
 * effect here. Throws a `Failure`: what was found and what was expected.
 */
export type Option = (value: string, draft: Draft) => string | undefined;

/** Every option of a section that has an effect, and perhaps some that have none. */
type Options<Texts> = Readonly<Record<keyof Texts, Option> & Record<string, Option>>;

/** Every option that OSSEC 4.3 has in `<global>`, in some build of it, and ours: `ossec_compatible`, `home_net`, `signatures`. */
export const globalOptions: Options<typeof globalTexts> = {
  ossec_compatible: set("ossecCompatible", yesNo),
  jsonout_output: set("jsonOutput", yesNo),
  email_notification: set("emailNotification", yesNo),
  email_to: add("emailTo", mailAddress),
  email_from: set("emailFrom", mailAddress),
  smtp_server: smtpServer,
  email_maxperhour: set("emailMaxPerHour", (value) => whole(value, 1, 9999)),
  white_list: whiteList,
  allow_list: whiteList,
  home_net: add("homeNets", homeNetwork),
  signatures: add("signatures", absolutePath),
  memory_size: memorySize,
  ...unused("this server's Postfix introduces itself", { helo_server: text }),
  ...unused("answers go to the sender", { email_reply_to: text }),
  ...unused("the header X-IDS-OSSEC is not written", { email_idsname: text }),
  ...unused("Postfix on this server logs in to the relay", {
    auth_smtp: unless("no"),
    smtp_user: text,
    smtp_password: text,
    secure_smtp: unless("no"),
    smtp_tls_verify: unless("yes"),
  }),
  ...unused("a port stands behind the host, as in <smtp_server>localhost:25</smtp_server>", {
    smtp_port: (value) => whole(value, 1, 65_535) !== 25,
  }),
  ...unused("lines that raise no alert are not kept", {
    logall: unless("no"),
    logall_json: unless("no"),
  }),
  ...unused("alerts.log keeps OSSEC's own format", { custom_alert_output: text }),
  ...unused("logrotate compresses the alert log", { compress_alerts: text }),
  ...unused("no statistics alert is raised", { stats: unlessNone }),
  ...unused("OSSEC does not use it either", {
    integrity_checking: unlessNone,
    rootkit_detection: unlessNone,
    host_information: unlessNone,
  }),
  ...unused("alerts are not sent to Prelude", {
    prelude_output: unless("no"),
    prelude_profile: text,
    prelude_log_level: unlessNone,
  }),
  ...unused("alerts are not sent by ZeroMQ", {
    zeromq_output: unless("no"),
    zeromq_uri: text,
    zeromq_server_cert: text,
    zeromq_client_cert: text,
  }),
  ...unused("addresses are not looked up in a map", {
    geoipdb: text,
    geoip_db_path: text,
    geoip6_db_path: text,
  }),
  ...unused("files are compared by SHA-256, and with their packages", {
    md5_allowlist: text,
    md5_whitelist: text,
    database_type: text,
  }),
};

/** Every option that OSSEC 4.3 has in `<alerts>`, and ours: `email_rules`. */
export const alertsOptions: Options<typeof alertsTexts> = {
  log_alert_level: set("logLevel", (value) => whole(value, 0, 16)),
  email_alert_level: set("emailLevel", (value) => whole(value, 0, 16)),
  email_rules: emailRules,
  ...unused("addresses are not looked up in a map", { use_geoip: unless("no") }),
};

/** The options of `<circuit_breaker>`, all of them ours. */
export const breakerOptions: Options<typeof breakerTexts> = {
  per_minute: limit("all", "minute"),
  per_hour: limit("all", "hour"),
  rule_per_minute: limit("rule", "minute"),
  rule_per_hour: limit("rule", "hour"),
  network_per_minute: limit("network", "minute"),
  network_per_hour: limit("network", "hour"),
};

function limit(of: "all" | "rule" | "network", time: "minute" | "hour"): Option {
  return (value, draft) => {
    draft[of] = Object.assign(draft[of] ?? {}, { [time]: whole(value, 1, 60_000) });
    return undefined;
  };
}

function set(name: string, read: Read<unknown>): Option {
  return (value, draft) => {
    draft[name] = read(value);
    return undefined;
  };
}

function add(name: string, read: Read<string>): Option {
  return (value, draft) => {
    push(draft, name, read(value));
    return undefined;
  };
}

function emailRules(value: string, draft: Draft): undefined {
  const before = draft["emailRules"];
  draft["emailRules"] = [...(Array.isArray(before) ? before : []), ...ruleIds(value)];
}

function push(draft: Draft, name: string, value: string): void {
  const list = draft[name];
  if (Array.isArray(list)) list.push(value);
  else draft[name] = [value];
}

function smtpServer(value: string, draft: Draft): string | undefined {
  if (value.startsWith("/")) {
    return `is a program, and that is not run: mail goes to ${draft["smtpServer"] ?? "localhost"}`;
  }
  draft["smtpServer"] = server(value);
  return undefined;
}

function whiteList(value: string, draft: Draft): string | undefined {
  if (value === "any") {
    for (const everything of ["0.0.0.0/0", "::/0"]) push(draft, "whiteList", everything);
    return "is any: nobody is ever blocked";
  }
  if (value.startsWith("!")) {
    const excepted = networkOrName(value.slice(1));
    return `is "${value}", and exceptions are not supported: ${excepted} is never blocked where another entry holds it`;
  }
  push(draft, "whiteList", networkOrName(value));
  return undefined;
}

/** OSSEC raises what is less, too. */
const leastMemory = 2048;

function memorySize(value: string, draft: Draft): string | undefined {
  const size = whole(value, 0, 999_999_999);
  draft["memorySize"] = Math.max(size, leastMemory);
  return size < leastMemory ? `is ${size} and is raised to ${leastMemory}` : undefined;
}

/** Options with no effect here. Each value is checked all the same; `false` says that it asks for what is so anyway. */
function unused(because: string, options: Record<string, Read<unknown>>): Record<string, Option> {
  const told = Object.entries(options).map(([name, read]): [string, Option] => [
    name,
    (value) => (read(value) === false ? undefined : `has no effect: ${because}`),
  ]);
  return Object.fromEntries(told);
}

function unless(asItIs: "yes" | "no"): Read<boolean> {
  return (value) => yesNo(value) !== (asItIs === "yes");
}

function unlessNone(value: string): boolean {
  return whole(value, 0, 999_999_999) !== 0;
}
