import { parseArgs } from "node:util";
import { schedule } from "node-cron";
import { Failure, mistakesIn, reasonOf } from "../core/failure.ts";
import { logTo } from "../core/log.ts";
import { Daemon } from "./daemon.ts";
import { identityOf } from "./identity.ts";
import { metricsOf } from "./metrics.ts";
import { serveMetrics } from "./metrics-socket.ts";
import { placesBelow } from "./place.ts";
import { writeMetrics, writeStatus } from "./status-file.ts";
import { tellSystemd } from "./systemd-notify.ts";

const underSystemd = process.env["JOURNAL_STREAM"] !== undefined;
const log = logTo("stockaded", (text) => process.stderr.write(text), underSystemd);

const refreshMilliseconds = 5 * 60_000;
const statusMilliseconds = 2000;
const metricsMilliseconds = 60_000;

try {
  const { values } = parseArgs({ options: { root: { type: "string", default: "/" } } });
  await run(values.root);
} catch (thrown) {
  if (!(thrown instanceof Failure)) throw thrown;
  for (const { message, hint } of mistakesIn(thrown)) {
    log.error(message);
    if (hint) log.error(`hint: ${hint}`);
  }
  process.exit(thrown.exitCode);
}

async function run(root: string): Promise<void> {
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
