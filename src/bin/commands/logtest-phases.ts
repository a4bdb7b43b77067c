import type { Settings } from "../../config/settings.ts";
import type { Alert } from "../../core/alert.ts";
import type { Event } from "../../core/event.ts";
import { printable } from "../../core/printable.ts";
import type { Decoder } from "../../decode/decoders/decoder.ts";
import type { Judged } from "../judge.ts";
import { openCommandWishes, openWishes, whomOf } from "../wishes.ts";
import type { Tried } from "./logtest-json.ts";

/** What was seen on the way to a verdict. */
export interface Way {
  /** The decoders of which a pattern fitted, the parent first. */
  readonly decoders: readonly Decoder[];
  /** Only where it is asked for. */
  readonly tried: readonly Tried[] | undefined;
}

/** What each stage made of a line, for a person. */
export function phases({ event, verdict }: Judged, way: Way, settings: Settings): string[] {
  const { rule, alert } = verdict;
  return [
    "",
    "phase 1, header",
    `  time: ${new Date(event.at).toISOString()}`,
    `  hostname: ${show(event.host)}`,
    `  program_name: ${show(event.program)}`,
    `  log: ${show(event.log)}`,
    "phase 2, decoder",
    ...decoderLines(event, way),
    "phase 3, rules",
    ...(way.tried ?? []).map(triedLine),
    ...(rule
      ? [
          `  rule: ${rule.id} (level ${rule.level}) ${printable(rule.description)}`,
          `  groups: ${printable(rule.groups.join(", ")) || "none"}`,
          ...(rule.details ?? []).map(({ type, text }) => `  ${type}: ${printable(text)}`),
        ]
      : ["  no rule matches"]),
    ...(alert ? alertLines(alert, settings) : ["  no alert"]),
  ];
}

function decoderLines({ decoder, fields }: Event, { decoders }: Way): string[] {
  if (decoder === undefined) return ["  no decoder knows this line"];
  const fitted = [...new Set(decoders)].map(
    ({ ownName, file, line }, index) =>
      `  ${index === 0 ? "by" : "then by"}: ${printable(`${ownName}, ${file}:${line}`)}`,
  );
  return [
    `  decoder: ${decoder}`,
    ...fitted,
    ...Object.entries(fields).map(([name, value]) => `  ${printable(name)}: ${show(value)}`),
  ];
}

function triedLine({ rule, failed }: Tried): string {
  if (failed === null) return `  tried ${rule}: fits`;
  return `  tried ${rule}: ${forMemory.get(failed) ?? `not its <${failed}>`}`;
}

/** What a rule asks of other events. */
const forMemory: ReadonlyMap<string, string> = new Map([
  ["frequency", "fits, but not often enough yet"],
  ["if_fts", "fits, but such an event was seen before"],
  ["ignore", "fits, but is silent now"],
]);

function alertLines(alert: Alert, settings: Settings): string[] {
  const { previous } = alert;
  const blocks = openWishes(settings)(alert).map(({ response, address, seconds, observed }) => {
    const only = observed === undefined ? "" : `, only observed: ${observed}`;
    return `  block: ${response} of ${address} for ${seconds} s${only}`;
  });
  const commands = openCommandWishes(settings)(alert).map((wish) => {
    const { command, seconds, observed } = wish;
    const whom = whomOf(wish);
    const only = observed === undefined ? "" : `, only observed: ${observed}`;
    const time = seconds > 0 ? ` for ${seconds} s` : "";
    return `  run: ${command}${whom === "" ? "" : ` of ${printable(whom)}`}${time}${only}`;
  });
  const counted =
    previous.length === 0
      ? []
      : [
          `  counted: ${previous.length} earlier lines`,
          ...previous.map((line) => `    ${printable(line)}`),
        ];
  return [
    `  an alert, ${fateOf(alert)}`,
    ...verdictLines(alert),
    ...blocks,
    ...commands,
    ...counted,
  ];
}

function verdictLines({ event: { verdict } }: Alert): string[] {
  if (!verdict) return [];
  const { class: name, reason, remote } = verdict;
  return [`  verdict: ${name}${remote ? ` ${remote}` : ""}, because ${printable(reason)}`];
}

function fateOf({ log, mail }: Alert): string {
  if (log) return mail ? "written and mailed" : "written";
  return mail ? "mailed" : "neither written nor mailed";
}

function show(value: string | undefined): string {
  return value === undefined ? "none" : printable(value);
}
