import { execa } from "execa";
import * as z from "zod";
import { Failure } from "../../core/failure.ts";
import { settingsHistory } from "../settings-history.ts";
import { type Context, contextOf, isSystem, needRoot } from "./command.ts";
import { compileConfig, isCompiled } from "./config.ts";
import { reloadRunning } from "./systemd.ts";
import { localTime } from "./table.ts";
import { replaceFile } from "./write.ts";

const unit = "stockade-unconfirmed";

/** Throws a `Failure` while settings of before are to come back, or do: what is in the folder then is not what will be. */
export function refuseWhileReturning(context: Context): void {
  const history = settingsHistory(context.paths);
  if (!history.isOver(Date.now()) && !history.isReturned()) return;
  throw new Failure(
    "a change was not confirmed in its time, and the settings of before come back",
    {
      hint: "stockade rollback, or, to keep the change: stockade confirm",
      exitCode: 69,
    },
  );
}

/** Lets the settings wait for `stockade confirm`: after `seconds` those of before come back. Returns until when. */
export async function awaitConfirmation(context: Context, seconds: number): Promise<number> {
  const history = settingsHistory(context.paths);
  const waiting = history.waiting();
  if (waiting) {
    throw new Failure(`a change waits until ${localTime(waiting.until)} to be confirmed`, {
      hint: "stockade confirm, or stockade rollback",
      exitCode: 69,
    });
  }
  const until = Date.now() + seconds * 1000;
  // Without systemd the supervisor looks at the clock.
  await history.begin(until, async () => {
    if (isSystem(context)) await setTimer(seconds);
  });
  return until;
}

/** Set before anything waits: one that finds nothing does no harm. What fails is tried again, until it succeeds. */
async function setTimer(seconds: number): Promise<void> {
  await execa("systemctl", ["stop", `${unit}.timer`, `${unit}.service`], { reject: false });
  const when = [`--on-active=${seconds}`, "--timer-property=AccuracySec=1s"];
  const again = ["Restart=on-failure", "RestartSec=30", "StartLimitIntervalSec=0"];
  const options = ["--quiet", "--collect", `--unit=${unit}`, ...when];
  const properties = again.map((property) => `--property=${property}`);
  const command = ["/usr/sbin/stockade", "rollback", "--if-any"];
  const { failed, stderr } = await execa("systemd-run", [...options, ...properties, ...command], {
    reject: false,
  });
  if (failed) throw new Failure(`systemd-run failed: ${stderr.trim()}`, { exitCode: 69 });
}

async function stopTimer(context: Context): Promise<void> {
  if (isSystem(context)) await execa("systemctl", ["stop", `${unit}.timer`], { reject: false });
}

/** `stockade confirm`: the settings that wait are in force for good. Fails when none wait. */
export async function confirm(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "confirm settings");
  const history = settingsHistory(context.paths);
  const waited = await history.locked(() => {
    const waits = history.waiting() !== undefined;
    if (waits) history.confirm();
    return waits;
  });
  if (waited) await stopTimer(context);
  else process.exitCode = 1;
  answer(context, waited, "the settings are in force for good");
}

const Rollback = z.object({ ifAny: z.boolean().default(false) });

/** `stockade rollback`: the settings of before come back, now. Fails when none wait, but for the timer. */
export async function rollback(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "bring settings back");
  const { ifAny } = Rollback.parse(options);
  const waited = await comeBack(options, () => reloadRunning(context));
  if (waited) await stopTimer(context);
  else if (!ifAny) process.exitCode = 1;
  answer(context, waited, "the settings of before are in force again");
}

/**
 * All that it takes for settings of before to be in force; broken off at any place, it can be done again, and what says so goes last.
 * `reload` runs without the lock: systemd runs `config compile`. Returns whether there was anything to do.
 */
async function comeBack(options: unknown, reload: () => Promise<void>): Promise<boolean> {
  const context = contextOf(options);
  const history = settingsHistory(context.paths);
  const isAny = await history.locked(async () => {
    if (history.isReturned()) return true;
    if (!history.waiting() && !history.isReturning()) return false;
    await putBack(context);
    return true;
  });
  if (!isAny) return false;
  compileConfig(options);
  await reload();
  await history.locked(() => history.finish());
  return true;
}

/** What was not confirmed goes; the daemon finds a note of it and tells everybody. */
async function putBack({ paths, warn }: Context): Promise<void> {
  const history = settingsHistory(paths);
  const problem = history.problem();
  if (problem !== undefined) warn(`${problem}; the settings of before come back`);
  const kept = await history.restore();
  replaceFile(paths.rolledBack, { version: 1, at: Date.now(), kept }, 0o644);
  history.returned();
}

/** Settings that have waited too long go, and what was broken off is brought to its end, in processes that run too. */
export async function endWaiting(options: unknown): Promise<boolean> {
  const context = contextOf(options);
  const history = settingsHistory(context.paths);
  if (!history.isOver(Date.now()) && !history.isReturned()) return false;
  return await comeBack(options, () => reloadRunning(context));
}

/**
 * `stockade config compile`, run by root before the responder starts: what has waited too long, or since before the machine
 * started, goes first.
 */
export async function compileAtStart(options: unknown): Promise<void> {
  const context = contextOf(options);
  const history = settingsHistory(context.paths);
  // At a reload the other half of a rollback waits for this to end.
  const isLeft = history.isReturned() && !history.isKept();
  if (history.isOver(Date.now()) || isLeft) await comeBackAtStart(options, context);
  else if (!isCompiled(context.paths)) compileConfig(options);
  if (!history.isKept()) await history.locked(() => history.keep());
}

async function comeBackAtStart(options: unknown, context: Context): Promise<void> {
  try {
    await comeBack(options, () => tellDaemon(context));
  } catch (thrown) {
    if (isSystem(context)) await setTimer(retrySeconds);
    throw thrown;
  }
}

const retrySeconds = 30;

/** The responder is about to start, and systemd waits for us: the daemon may be running with what is not confirmed. */
async function tellDaemon(context: Context): Promise<void> {
  if (!isSystem(context)) return;
  const verb = ["--no-block", "try-reload-or-restart", "stockaded.service"];
  const { failed, stderr } = await execa("systemctl", verb, { reject: false });
  if (failed) throw new Failure(`systemctl failed: ${stderr.trim()}`, { exitCode: 69 });
}

function answer({ json, say }: Context, waited: boolean, message: string): void {
  const text = waited ? message : "no change waits to be confirmed";
  say(json ? JSON.stringify({ ok: waited, message: text }) : text);
}
