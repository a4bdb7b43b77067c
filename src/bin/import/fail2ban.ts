import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../config/settings.ts";
import { networkOrName } from "../../config/values.ts";
import { maxBlockSeconds } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { type IniValue, readJails, type Section, secondsIn, valueIn } from "./ini.ts";
import { already, type Item, left, type Plan, taken } from "./item.ts";
import { optionText } from "./settings-text.ts";

/**
 * Plans the import of fail2ban's settings in `folder` (usually /etc/fail2ban): whom it never bans, how long it bans, and for how
 * long those that come back; and says of each jail what watches that here. Throws a `Failure` where there are none.
 */
export function planFail2ban(folder: string, current: Settings): Plan {
  if (!existsSync(join(folder, "jail.conf")) && !existsSync(join(folder, "jail.local"))) {
    const hint = "name the folder of its settings: stockade import fail2ban /etc/fail2ban";
    throw new Failure(`there is no fail2ban in ${folder}`, { hint, exitCode: 66 });
  }
  const jails = readJails(folder);
  const enabled = [...jails.keys()].filter((name) => isOn(jails, name));
  const parts = [
    ignored(jails, enabled, current),
    banTime(jails),
    comingBack(jails, enabled),
    ...enabled.map(jailItem),
  ];
  return {
    items: parts.flatMap(({ items }) => items),
    settings: parts.flatMap(({ settings }) => settings),
    files: new Map(),
  };
}

interface Part {
  readonly items: readonly Item[];
  readonly settings: readonly string[];
}

type Jails = ReadonlyMap<string, Section>;

function isOn(jails: Jails, name: string): boolean {
  if (["DEFAULT", "INCLUDES"].includes(name)) return false;
  return isYes(valueIn(jails, name, "enabled")?.value ?? "");
}

/** Of all jails together: here, whom nobody may block is not blocked by any rule. */
function ignored(jails: Jails, enabled: readonly string[], { global }: Settings): Part {
  const lists = new Map<string, IniValue>();
  for (const jail of ["DEFAULT", ...enabled]) {
    const list = valueIn(jails, jail, "ignoreip");
    if (list) lists.set(list.at, list);
  }
  const entries = [...lists.values()].flatMap(({ value, at }) =>
    value
      .split(/[\s,]+/)
      .filter((entry) => entry !== "")
      .map((entry) => ({ entry, at })),
  );
  const items: Item[] = [];
  const settings: string[] = [];
  for (const { entry, at } of entries) {
    const because = whyNot(entry, [...global.whiteList]);
    items.push(
      because === undefined
        ? taken(`ignoreip ${entry}`, at)
        : left(`ignoreip ${entry}`, at, because),
    );
    const option = optionText("global", "white_list", entry);
    if (because === undefined && !settings.includes(option)) settings.push(option);
  }
  return { items, settings };
}

function whyNot(entry: string, known: readonly string[]): string | undefined {
  if (/^127\.|^::1$|^localhost$/.test(entry))
    return "this server's own addresses are never blocked";
  if (known.includes(entry)) return already;
  try {
    networkOrName(entry);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return thrown.message;
  }
}

function banTime(jails: Jails): Part {
  const time = valueIn(jails, "DEFAULT", "bantime");
  if (!time?.isOwn) return nothing;
  const what = `bantime ${time.value}`;
  const seconds = secondsIn(time.value);
  if (seconds === undefined)
    return { items: [left(what, time.at, "is no length of time")], settings: [] };
  const lasting = Math.min(Math.max(seconds, 1), maxBlockSeconds);
  const because = lasting < seconds ? "nobody is shut out for ever here: a year" : undefined;
  const responses = ["host-deny", "firewall-drop"].map((command) =>
    [
      "  <active-response>",
      `    <command>${command}</command>`,
      "    <location>local</location>",
      "    <level>9</level>",
      `    <timeout>${lasting}</timeout>`,
      "  </active-response>",
    ].join("\n"),
  );
  return { items: [taken(what, time.at, because)], settings: responses };
}

/** `recidive` and `bantime.increment` make those who come back wait longer; where both are on, the second is taken. */
function comingBack(jails: Jails, enabled: readonly string[]): Part {
  const growing = growingTime(jails);
  if (!enabled.includes("recidive")) return growing ?? nothing;
  if (!growing) return recidive(jails);
  const at = jails.get("recidive")?.get("enabled")?.at ?? "";
  const item = left("recidive", at, "blocks grow already, see bantime.increment");
  return { ...growing, items: [...growing.items, item] };
}

const nothing: Part = { items: [], settings: [] };
const usualLongest = 7 * 86_400;

function growingTime(jails: Jails): Part | undefined {
  const increment = valueIn(jails, "DEFAULT", "bantime.increment");
  if (!increment || !isYes(increment.value)) return undefined;
  const longest = secondsIn(valueIn(jails, "DEFAULT", "bantime.maxtime")?.value ?? "");
  const most = Math.min(longest ?? usualLongest, maxBlockSeconds);
  return {
    items: [
      taken("bantime.increment", increment.at, "each block lasts twice as long as the one before"),
    ],
    settings: [
      optionText("active-response", "repeated_multiplier", "2"),
      optionText("active-response", "repeated_maximum", `${most}`),
    ],
  };
}

const mostEarly = 20;

/** After so many bans in a day a long one: the blocks before it are as long as usual. */
function recidive(jails: Jails): Part {
  const time = valueIn(jails, "recidive", "bantime");
  const usual = secondsIn(valueIn(jails, "DEFAULT", "bantime")?.value ?? "") ?? 600;
  const tries = Number.parseInt(valueIn(jails, "recidive", "maxretry")?.value ?? "", 10) || 5;
  const early = Math.min(Math.max(tries - 2, 0), mostEarly);
  const long = secondsIn(time?.value ?? "") ?? usualLongest;
  const list = [...new Array<number>(early).fill(usual), long].map(minutes).join(",");
  const because = `minutes of the second block, the third, …: ${list}`;
  return {
    items: [taken("recidive", time?.at ?? "", because)],
    settings: [optionText("active-response", "repeated_offenders", list)],
  };
}

function isYes(value: string): boolean {
  return /^(true|yes|on|1)$/i.test(value);
}

function minutes(seconds: number): number {
  return Math.max(1, Math.round(Math.min(seconds, maxBlockSeconds) / 60));
}

/** What watches the same here, by the beginning of a jail's name. */
const watchedBy: Readonly<Record<string, string>> = {
  sshd: "the rules of sshd",
  "selinux-ssh": "the rules of sshd",
  apache: "the rules of web servers",
  nginx: "the rules of web servers",
  php: "the rules of web servers",
  postfix: "the rules of Postfix",
  dovecot: "the rules of Dovecot",
  exim: "the rules of Exim",
  proftpd: "the rules of ProFTPD",
  "pure-ftpd": "the rules of Pure-FTPd",
  vsftpd: "the rules of vsftpd",
  mysqld: "the rules of MySQL and MariaDB",
  named: "the rules of name servers",
  "pam-generic": "the rules of PAM",
};

function jailItem(name: string): Part {
  if (name === "recidive") return nothing;
  const known = Object.entries(watchedBy).find(([start]) => name.startsWith(start));
  const item = known
    ? taken(`jail ${name}`, "", `${known[1]} watch that here: stockade rules list`)
    : left(
        `jail ${name}`,
        "",
        "no rules here are made for it: /usr/share/doc/stockade/rules.md tells how to write one",
      );
  return { items: [item], settings: [] };
}
