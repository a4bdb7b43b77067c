import { existsSync } from "node:fs";
import { z } from "zod";
import { loadRules, ruleFilesIn } from "../../analyse/rules/load.ts";
import { loadSettings } from "../../config/load.ts";
import { Settings } from "../../config/settings.ts";
import type { Event } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { snortFastFields } from "../../decode/decoders/snort-fast.ts";
import { openJudge } from "../judge.ts";
import { type Context, contextOf } from "./command.ts";

type Judged = ReturnType<ReturnType<typeof openJudge>>;

const Format = z.enum(["syslog", "snort-fast"]);

/**
 * `stockade logtest`: judges each line of standard input by the rules in force, as ossec-logtest does, and remembers
 * what frequency rules count. Time is the lines' own. Nothing is written, mailed or blocked.
 */
export async function logtest(options: { readonly logFormat: string }): Promise<void> {
  const context = contextOf(options);
  const format = formatNamed(options.logFormat);
  const judge = openJudge(configurationOf(context), (at) => at);
  if (process.stdin.isTTY) context.warn("type one log line and press enter");
  for await (const text of linesOf(process.stdin.setEncoding("utf8"))) {
    const judged = judge({ text, location: "stdin", format, receivedAt: Date.now() });
    if (context.json) context.say(JSON.stringify(asJson(judged)));
    else if (text !== "") for (const shown of phases(judged)) context.say(shown);
  }
}

/** Lines end at a newline and at nothing else: what else a line holds is the line's. */
async function* linesOf(input: AsyncIterable<string>): AsyncIterable<string> {
  let rest = "";
  for await (const chunk of input) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest !== "") yield rest;
}

function formatNamed(name: string) {
  const { data } = Format.safeParse(name);
  if (data) return data;
  throw new Failure(`the log format "${name}" is not known`, {
    hint: `formats are ${Format.options.join(" and ")}`,
    exitCode: 64,
  });
}

/** A checkout has no settings file: the defaults do. */
function configurationOf({ paths }: Context) {
  const settings = existsSync(paths.settings)
    ? loadSettings(paths.settings).settings
    : Settings.parse({});
  return { settings, rules: loadRules([ruleFilesIn(paths.shippedRules), ruleFilesIn(paths.localRules)]) };
}

function asJson({ event, verdict }: Judged) {
  return {
    line: event.fullLog,
    program_name: event.program ?? null,
    hostname: event.host ?? null,
    decoder: event.decoder ?? null,
    fields: event.decoder === "snort-fast" ? fastFields(event) : event.fields,
    rule: verdict.rule?.id ?? null,
    level: verdict.rule?.level ?? null,
    alert: verdict.alert !== undefined,
  };
}

const numbers: readonly string[] = ["gid", "sid", "rev", "priority", "srcport", "dstport"];

/** Every name a fast.log line can have, null where this one has none, numbers as numbers. */
function fastFields({ fields }: Event): Record<string, string | number | null> {
  return Object.fromEntries(
    snortFastFields.map((name) => {
      const value = fields[name];
      if (value === undefined) return [name, null];
      return [name, numbers.includes(name) ? Number(value) : value];
    }),
  );
}

function phases({ event, verdict }: Judged): string[] {
  const { rule, alert } = verdict;
  const named = Object.entries(event.fields).map(([name, value]) => `  ${name}: ${show(value)}`);
  return [
    "",
    "phase 1, header",
    `  time: ${new Date(event.at).toISOString()}`,
    `  hostname: ${show(event.host)}`,
    `  program_name: ${show(event.program)}`,
    `  log: ${show(event.log)}`,
    "phase 2, decoder",
    ...(event.decoder
      ? [`  decoder: ${event.decoder}`, ...named]
      : ["  no decoder knows this line"]),
    "phase 3, rules",
    ...(rule
      ? [`  rule: ${rule.id} (level ${rule.level}) ${printable(rule.description)}`]
      : ["  no rule matches"]),
    ...(alert ? [`  an alert, ${alert.mail ? "written and mailed" : "written"}`] : ["  no alert"]),
  ];
}

function show(value: string | undefined): string {
  return value === undefined ? "none" : printable(value);
}
