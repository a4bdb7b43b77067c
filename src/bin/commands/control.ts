import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Failure } from "../../core/failure.ts";
import { bundle } from "../place.ts";
import { readStatus } from "../status-file.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { checkConfig, compileConfig } from "./config.ts";
import { hasSystemd, isAlive, runs, supervisorIn } from "./services.ts";

const target = "stockade.target";
const units = ["stockade-respond.service", "stockaded.service"];
const patienceMilliseconds = 15_000;

/** `stockade start`: by systemd where it runs, else by Stockade's own supervisor. Returns when the daemon reads. */
export async function start(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "start Stockade");
  compileConfig(options);
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
  compileConfig(options);
  if (isSystem(context)) await systemctl("stop", target);
  else await supervisorStop(context);
  await start(options);
}

/** `stockade reload`: a configuration that is wrong is told here and changes nothing. */
export async function reload(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "reload Stockade");
  if (!context.json) checkConfig(options);
  compileConfig(options);
  if (isSystem(context)) {
    // A unit that waits after a wrong configuration is not active and is started by this.
    await systemctl("reload-or-restart", ...units);
  } else {
    const pid = supervisorIn(context.paths.supervisorPid);
    if (pid === undefined) throw notRunning();
    process.kill(pid, "SIGHUP");
  }
  tell(context, "stockade was told to read its settings and rules anew");
}

function tell({ json, say }: Context, message: string): void {
  say(json ? JSON.stringify({ ok: true, message }) : message);
}

/** A scratch root is never systemd's. */
function isSystem({ root }: Context): boolean {
  return root === "/" && hasSystemd();
}

async function systemctl(verb: string, ...names: string[]): Promise<void> {
  const { failed, stderr } = await execa("systemctl", [verb, "--", ...names], { reject: false });
  if (!failed) return;
  throw new Failure(`systemctl ${verb} failed: ${stderr.trim()}`, {
    hint: "journalctl -u stockaded -u stockade-respond tells more",
    exitCode: 69,
  });
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

function notRunning(): Failure {
  return new Failure("stockade is not running", { hint: "stockade start", exitCode: 69 });
}
