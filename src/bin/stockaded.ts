import { schedule } from "node-cron";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { begin, rootFrom } from "./begin.ts";
import { Daemon } from "./daemon.ts";
import { identityOf } from "./identity.ts";
import { metricsOf } from "./metrics.ts";
import { serveMetrics } from "./metrics-socket.ts";
import { placesBelow } from "./place.ts";
import { writeMetrics, writeStatus } from "./status-file.ts";
import { tellSystemd } from "./systemd-notify.ts";

const refreshMilliseconds = 5 * 60_000;
const statusMilliseconds = 2000;
const metricsMilliseconds = 60_000;

await begin("stockaded", (log) => run(rootFrom("stockaded"), log));

async function run(root: string, log: Log): Promise<void> {
  process.umask(0o027);
  // A log on a full disk must not end the process.
  process.stderr.on("error", () => {});
  const paths = placesBelow(root);
  const server = identityOf(paths);
  const machine = { hostname: server.name.split(".")[0] ?? "localhost", server: server.id };
  const daemon = new Daemon(paths, machine, log, Date.now);
  // Before the start, which may wait for names: a reload in that time must not end the process.
  process.on("SIGHUP", () => daemon.reload());
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => daemon.stop().then(() => process.exit(0)));
  }
  // The settings are in order; what else is waited for may be long in coming.
  tellSystemd({ environment: process.env, warn: log.warn });
  await daemon.start();

  schedule("0 * * * *", () => daemon.endOfHour(), { noOverlap: true });
  setInterval(() => daemon.tick(), 1000);
  setInterval(() => daemon.refresh(), refreshMilliseconds);
  const cannotWrite = (file: string) => (error: unknown) =>
    log.warn(`cannot write ${file}: ${reasonOf(error)}`);
  const report = () => {
    try {
      writeStatus(paths.daemonStatus, daemon.status());
    } catch (error) {
      cannotWrite(paths.daemonStatus)(error);
    }
  };
  setInterval(report, statusMilliseconds);
  report();
  const metrics = async () => metricsOf(daemon.status(), await daemon.counted(), server);
  serveMetrics(paths.metricsSocket, metrics, log);
  const measure = async () => writeMetrics(paths.metrics, await metrics());
  setInterval(() => measure().catch(cannotWrite(paths.metrics)), metricsMilliseconds);
}
