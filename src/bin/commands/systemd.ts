import { execa } from "execa";
import { Failure } from "../../core/failure.ts";
import { type Context, isSystem } from "./command.ts";
import { supervisorIn } from "./services.ts";

const units = ["stockade-respond.service", "stockaded.service", "stockade-integrity.service"];

/** Lets responder, daemon and integrity process read their settings anew, by systemd or by the supervisor. Throws a `Failure`. */
export async function reloadProcesses(context: Context): Promise<void> {
  if (isSystem(context)) {
    // A unit that waits after a wrong configuration is not active and is started by this.
    await systemctl("reload-or-restart", ...units);
  } else if (!hangUp(context)) {
    throw new Failure("stockade is not running", { hint: "stockade start", exitCode: 69 });
  }
}

/** The same, and what the admin has stopped stays so. */
export async function reloadRunning(context: Context): Promise<void> {
  if (isSystem(context)) await systemctl("try-reload-or-restart", ...units);
  else hangUp(context);
}

function hangUp({ paths }: Context): boolean {
  const pid = supervisorIn(paths.supervisorPid);
  return pid !== undefined && process.kill(pid, "SIGHUP");
}

/** Throws a `Failure` with what systemctl(1) said. */
export async function systemctl(verb: string, ...names: string[]): Promise<void> {
  const { failed, stderr } = await execa("systemctl", [verb, "--", ...names], { reject: false });
  if (!failed) return;
  throw new Failure(`systemctl ${verb} failed: ${stderr.trim()}`, {
    hint: "journalctl -u stockaded -u stockade-respond -u stockade-integrity tells more",
    exitCode: 69,
  });
}
