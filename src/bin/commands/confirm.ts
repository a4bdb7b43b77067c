import { execa } from "execa";
import { Failure } from "../../core/failure.ts";
import { settingsHistory } from "../settings-history.ts";
import { type Context, contextOf, isSystem, needRoot } from "./command.ts";
import { compileConfig } from "./config.ts";
import { reloadProcesses } from "./systemd.ts";
import { localTime } from "./table.ts";
import { replaceFile } from "./write.ts";

const unit = "stockade-unconfirmed";

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
  await history.begin(until);
  // Without systemd the supervisor looks at the clock.
  if (isSystem(context)) await setTimer(seconds);
  return until;
}

async function setTimer(seconds: number): Promise<void> {
  await execa("systemctl", ["stop", `${unit}.timer`], { reject: false });
  const when = [`--on-active=${seconds}`, "--timer-property=AccuracySec=1s"];
  const options = ["--quiet", "--collect", `--unit=${unit}`, ...when];
  const command = ["/usr/sbin/stockade", "rollback"];
  const { failed, stderr } = await execa("systemd-run", [...options, ...command], {
    reject: false,
  });
  if (failed) throw new Failure(`systemd-run failed: ${stderr.trim()}`, { exitCode: 69 });
}

/** `stockade confirm`: the settings that wait are in force for good. Fails when none wait. */
export async function confirm(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "confirm settings");
  const history = settingsHistory(context.paths);
  const waited = history.waiting() !== undefined;
  if (waited) {
    history.confirm();
    if (isSystem(context)) {
      await execa("systemctl", ["stop", `${unit}.timer`], { reject: false });
    }
  } else process.exitCode = 1;
  answer(context, waited, "the settings are in force for good");
}

/** `stockade rollback`: the settings of before come back, now. Fails when none wait. */
export async function rollback(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "bring settings back");
  const history = settingsHistory(context.paths);
  const waited = history.waiting() !== undefined;
  if (waited) {
    await putBack(context);
    compileConfig(options);
    await reloadProcesses(context);
  } else process.exitCode = 1;
  answer(context, waited, "the settings of before are in force again");
}

/** What was not confirmed goes; the daemon finds a note of it and tells everybody. */
export async function putBack({ paths }: Context): Promise<void> {
  const kept = await settingsHistory(paths).restore();
  replaceFile(paths.rolledBack, { version: 1, at: Date.now(), kept }, 0o644);
}

/**
 * `stockade config compile`, run by root before the responder starts: what has waited too long, or since before the machine
 * started, goes first.
 */
export async function compileAtStart(options: unknown): Promise<void> {
  const context = contextOf(options);
  const history = settingsHistory(context.paths);
  if (history.isOver(Date.now())) await putBack(context);
  compileConfig(options);
  await history.keepOnce();
}

function answer({ json, say }: Context, waited: boolean, message: string): void {
  const text = waited ? message : "no change waits to be confirmed";
  say(json ? JSON.stringify({ ok: waited, message: text }) : text);
}
