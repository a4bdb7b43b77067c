import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { Failure } from "../../core/failure.ts";
import { loadConfiguration } from "../judge.ts";
import { bundle } from "../place.ts";
import { settingsHistory } from "../settings-history.ts";
import { readStatus } from "../status-file.ts";
import { type Context, contextOf, isSystem, needRoot } from "./command.ts";
import { checkConfig, compileConfig } from "./config.ts";
import { awaitConfirmation, endWaiting, refuseWhileReturning } from "./confirm.ts";
import { readDuration } from "./duration.ts";
import { isAlive, runs, supervisorIn } from "./services.ts";
import { reloadProcesses, systemctl } from "./systemd.ts";
import { localTime } from "./table.ts";

const Options = z.object({ confirm: z.string().optional() });
/** Who is still locked out then has other ways. */
const mostDays = 1;

const target = "stockade.target";
const patienceMilliseconds = 15_000;

/** `stockade start`: by systemd where it runs, else by Stockade's own supervisor. Returns when the daemon reads. */
export async function start(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "start Stockade");
  await settle(options);
  const before = Date.now();
  if (isSystem(context)) await systemctl("start", target);
  else supervisorStart(context);
  await until(() => {
    const status = readStatus(context.paths.daemonStatus);
    return (
      status !== undefined && runs(status.pid, "stockaded.mjs") && status.writtenAt >= before - 2000
    );
  }, "the daemon did not start");
  tell(context, "stockade is running");
}

/** What is started is what is in the folder now, unless a change has waited too long. */
async function settle(options: unknown): Promise<void> {
  await endWaiting(options);
  compileConfig(options);
  const history = settingsHistory(contextOf(options).paths);
  await history.locked(() => history.keep());
}

/** `stockade stop`: blocks stay in force until they end; nothing new is seen. */
export async function stop(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "stop Stockade");
  if (isSystem(context)) await systemctl("stop", target);
  else await supervisorStop(context);
  tell(context, "stockade is stopped: logs are not read; blocks in force end at their time");
}

export async function restart(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "restart Stockade");
  await settle(options);
  if (isSystem(context)) await systemctl("stop", target);
  else await supervisorStop(context);
  await start(options);
}

/**
 * `stockade reload`: a configuration that is wrong is told here and changes nothing. With `--confirm` it comes into force
 * for a time only, unless somebody says `stockade confirm`.
 */
export async function reload(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "reload Stockade");
  const { confirm } = Options.parse(options);
  const seconds = confirm === undefined ? undefined : readDuration(confirm, mostDays);
  if (!context.json) checkConfig(undefined, options);
  else loadConfiguration(context.paths);
  const history = settingsHistory(context.paths);
  const until = await history.locked(async () => {
    refuseWhileReturning(context);
    const end = seconds === undefined ? undefined : await awaitConfirmation(context, seconds);
    compileConfig(options);
    await history.keep();
    return end;
  });
  await reloadProcesses(context);
  const rest =
    until === undefined
      ? ""
      : `; those of before come back at ${localTime(until)}, unless you say: stockade confirm`;
  tell(context, `stockade was told to read its settings and rules anew${rest}`);
}

function tell({ json, say }: Context, message: string): void {
  say(json ? JSON.stringify({ ok: true, message }) : message);
}

/** The supervisor outlives this command: a session of its own, none of our streams. */
function supervisorStart({ root, paths }: Context): void {
  if (supervisorIn(paths.supervisorPid) !== undefined) return;
  const supervisor = execa(process.execPath, [bundle("stockade"), "--root", root, "supervise"], {
    cwd: "/",
    detached: true,
    cleanup: false,
    reject: false,
    stdio: "ignore",
  });
  supervisor.nodeChildProcess.unref();
}

async function supervisorStop({ paths }: Context): Promise<void> {
  const pid = supervisorIn(paths.supervisorPid);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  await until(() => !isAlive(pid), "the supervisor did not stop");
}

async function until(isSo: () => boolean, otherwise: string): Promise<void> {
  const end = Date.now() + patienceMilliseconds;
  while (!isSo()) {
    if (Date.now() > end) {
      throw new Failure(otherwise, { hint: "stockade status tells more", exitCode: 69 });
    }
    await sleep(50);
  }
}
