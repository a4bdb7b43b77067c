import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { loadSettings } from "../../config/load.ts";
import type { Context } from "../commands/command.ts";
import { runs } from "../commands/services.ts";
import { replaceFile } from "../commands/write.ts";
import { handOver } from "../mail/follow.ts";
import { readStatus } from "../status-file.ts";
import type { Report } from "./report.ts";

/** Leaves a note that the daemon tells as an alert. Where there is no daemon to do so, a failure is mailed from here. */
export async function tellDaemon(
  { paths, warn }: Context,
  { steps, began }: Report,
): Promise<void> {
  const failed = steps
    .filter(({ result }) => result === "failed")
    .map(({ name, text }) => `${name}: ${text}`);
  const seconds = Math.round((Date.now() - began) / 1000);
  mkdirSync(dirname(paths.selftestNote), { recursive: true });
  replaceFile(paths.selftestNote, { version: 1, at: Date.now(), failed, seconds }, 0o644);
  const daemon = readStatus(paths.daemonStatus);
  if (failed.length === 0 || (daemon && runs(daemon.pid, "stockaded.mjs"))) return;
  const refusal = await handOver(...mailOf(paths.settings, failed));
  if (refusal !== undefined) warn(`the failure could not be mailed: ${refusal}`);
}

function mailOf(settingsFile: string, failed: readonly string[]): Parameters<typeof handOver> {
  const { global } = loadSettings(settingsFile).settings;
  const host = hostname();
  const messageId = `stockade-selftest.${Date.now()}@${host}`;
  const text = [
    "The self-test failed, and the daemon that would tell you so does not run:",
    "",
    ...failed,
    "",
  ].join("\n");
  const mail = { from: global.emailFrom, to: global.emailTo, messageId, text };
  return [global, host, { ...mail, subject: `Stockade: the self-test of ${host} failed` }];
}
