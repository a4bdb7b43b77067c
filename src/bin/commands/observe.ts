import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Switched, switchedIn } from "../../config/observing.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import type { Evidence } from "../evidence/record.ts";
import { readNotMade } from "../evidence/store.ts";
import { readStatus } from "../status-file.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { readDuration } from "./duration.ts";
import { ruleIn } from "./naming.ts";
import { runs } from "./services.ts";
import { localTime, table } from "./table.ts";
import { replaceFile } from "./write.ts";

const Options = z.object({ rule: z.string().optional(), for: z.string().optional() });

const mostDays = 366;
const mostShown = 20;
/** The daemon looks every second and writes its status every two. */
const patienceMilliseconds = 10_000;

/**
 * `stockade observe`: what is only observed, and what would have been blocked lately. `observe on` and `off` switch it, for
 * everything or a rule, at once and over restarts.
 */
export async function observe(way: string | undefined, given: unknown): Promise<void> {
  const context = contextOf(given);
  needRoot(context, way === undefined ? "read the evidence" : "switch blocking");
  const known = switchedIn(context.paths.observing, Date.now());
  if (way === undefined) return show(context, known);
  const { rule, for: length } = Options.parse(given);
  const what = rule === undefined ? ("all" as const) : ruleIn(rule);
  const others = known.filter((one) => one.what !== what);
  const now = Date.now();
  const until = length === undefined ? {} : { until: now + readDuration(length, mostDays) * 1000 };
  const switched = way === "on" ? [...others, { what, since: now, ...until }] : others;
  if (way === "off" && others.length === known.length) return nothingToSwitch(context, what);
  mkdirSync(dirname(context.paths.observing), { recursive: true });
  replaceFile(context.paths.observing, { version: 1, switched }, 0o644);
  await inForce(context, what, way === "on");
  if (context.json) context.say(JSON.stringify(switched));
  else context.say(said(what, way === "on", until.until));
}

function nothingToSwitch({ say, json }: Context, what: Switched["what"]): void {
  const because = "it is not switched over here; see <observe> in the settings";
  say(json ? "[]" : `${nameOf(what)}: ${because}`);
  process.exitCode = 1;
}

/** Waits until the daemon has it. Where none runs, the next one has it from its start. */
async function inForce({ paths }: Context, what: Switched["what"], isOn: boolean): Promise<void> {
  const end = Date.now() + patienceMilliseconds;
  const isSo = () => {
    const status = readStatus(paths.daemonStatus);
    if (!status || !runs(status.pid, "stockaded.mjs")) return true;
    const { all, rules } = status.observing;
    return (what === "all" ? all : rules.includes(what)) === isOn;
  };
  while (!isSo()) {
    // Off here may be on in the settings.
    if (Date.now() > end && !isOn) return;
    if (Date.now() > end)
      throw new Failure("the daemon does not answer", { hint: "stockade status", exitCode: 69 });
    await sleep(100);
  }
}

function said(what: Switched["what"], isOn: boolean, until: number | undefined): string {
  const time = until === undefined ? "until: stockade observe off" : `until ${localTime(until)}`;
  if (!isOn) return `${nameOf(what)} blocks again, unless the settings say otherwise`;
  return `${nameOf(what)} only observes ${time}${what === "all" ? "" : ` --rule ${what}`}`;
}

function nameOf(what: Switched["what"]): string {
  return what === "all" ? "everything" : `rule ${what}`;
}

function show({ json, say, paths }: Context, switched: readonly Switched[]): void {
  const status = readStatus(paths.daemonStatus);
  const notMade = readNotMade(paths.daemonState, mostShown);
  if (json) {
    say(JSON.stringify({ observing: status?.observing, switched, notMade }));
    return;
  }
  const { all = false, rules = [] } = status?.observing ?? {};
  const names = rules.map((rule) => `rule ${rule}`).join(", ");
  say(
    all ? "everything only observes: nobody is blocked" : `only observing: ${names || "nothing"}`,
  );
  for (const { what, since, until } of switched) {
    const end = until === undefined ? "" : ` until ${localTime(until)}`;
    say(`  ${nameOf(what)}: switched over by hand at ${localTime(since)}${end}`);
  }
  if (notMade.length === 0) return;
  say("");
  say("would have been blocked, the latest first:");
  for (const line of table([["when", "address", "rule", "because"], ...notMade.map(rowOf)]))
    say(line);
}

function rowOf({ at, address, rule, decisions }: Evidence): string[] {
  return [localTime(at), address, `${rule.id}`, printable(decisions[0]?.because ?? "")];
}
