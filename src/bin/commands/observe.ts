import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Switched, switchedIn } from "../../config/observing.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import type { Evidence } from "../evidence/record.ts";
import { readNotMade } from "../evidence/store.ts";
import { readStatus } from "../status-file.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { readDuration } from "./duration.ts";
import { withLock } from "./lock.ts";
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
  const options = Options.parse(given);
  const { rule, for: length } = options;
  if (way === undefined && (rule ?? length) !== undefined) throw neitherOnNorOff();
  needRoot(context, way === undefined ? "read the evidence" : "switch blocking");
  if (way === undefined) show(context);
  else await switchOver(context, way === "on", options);
}

async function switchOver(
  context: Context,
  isOn: boolean,
  { rule, for: length }: z.infer<typeof Options>,
): Promise<void> {
  const what = rule === undefined ? ("all" as const) : ruleIn(rule);
  const since = Date.now();
  const until = length === undefined ? undefined : since + readDuration(length, mostDays) * 1000;
  const { before, now } = await change(context, what, isOn ? [{ what, since, until }] : []);
  if (!isOn && before.length === now.length) return nothingToSwitch(context, what);
  await inForce(context, what, isOn);
  if (context.json) context.say(JSON.stringify(now));
  else context.say(said(what, isOn, until));
}

function neitherOnNorOff(): Failure {
  return new Failure("shall it only observe, or block again?", {
    hint: "stockade observe on --rule 5712 --for 2h, or: stockade observe off --rule 5712",
    exitCode: 64,
  });
}

/** Puts `wanted` in the place of what is switched over of `what`, while no other command does. */
async function change({ paths }: Context, what: Switched["what"], wanted: readonly Switched[]) {
  const file = paths.observing;
  mkdirSync(dirname(file), { recursive: true });
  return await withLock(`${file}.lock`, () => {
    const before = switchedIn(file, Date.now());
    const now = [...before.filter((one) => one.what !== what), ...wanted];
    replaceFile(file, { version: 1, switched: now }, 0o644);
    return { before, now };
  });
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
  if (!isOn) return `${nameOf(what)} blocks again, unless the settings say otherwise`;
  const undo = `stockade observe off${what === "all" ? "" : ` --rule ${what}`}`;
  const time = until === undefined ? `until: ${undo}` : `until ${localTime(until)}, or: ${undo}`;
  return `${nameOf(what)} only observes ${time}`;
}

function nameOf(what: Switched["what"]): string {
  return what === "all" ? "everything" : `rule ${what}`;
}

function show({ json, say, paths }: Context): void {
  const switched = switchedIn(paths.observing, Date.now());
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
