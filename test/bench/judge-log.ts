/*
 * Judges a log in a process of its own: node judge-log.ts stock|shipped FORMAT FILE FOLDER. Once to warm up, as a daemon
 * is warm, then some times more with the CPU time taken, of which the least counts: whoever else uses the machine can only
 * add to it. It is that of reading the file, a line's header, decoding, rules, and alerts.log written to FOLDER, with our
 * rules alerts.json too: each as its defaults have it. Prints one JSON object.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Judge } from "../../src/bin/judge.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openRecord } from "../../src/report/record.ts";
import { judgeBy } from "./judges.ts";
import { linesOf } from "./lines.ts";

const [kind = "stock", format = "syslog", file = "", folder = ""] = process.argv.slice(2);

const measured = 5;

// The lines of access logs are believed in access logs only.
const location = format === "apache" ? "/var/log/apache2/access.log" : file;
const started = performance.now();
const judge = judgeBy(kind);
const loading = performance.now() - started;
pass(judge);
const passes = Array.from({ length: measured }, () => pass(judge));
const cpu = Math.min(...passes.map((one) => one.cpu));
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ ...passes[0], cpu, loading, rss }));

/** One way through the log; `cpu` in seconds. */
function pass({ judge, forget }: Judge): { lines: number; alerts: number; cpu: number } {
  const before = process.cpuUsage();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const files = {
    alertsLog: join(folder, "alerts.log"),
    alertsJson: join(folder, "alerts.json"),
  };
  const json = kind === "shipped";
  const record = openRecord({ ...files, hostname: "web1", log, clock: Date.now }, { json });
  let lines = 0;
  let alerts = 0;
  for (const batch of linesOf(file)) {
    const receivedAt = Date.now();
    for (const text of batch) {
      const line = { text, format: format as LogFormat, location, receivedAt };
      const { alert } = judge(line).verdict;
      if (alert) record.record(alert);
      if (alert) alerts += 1;
    }
    lines += batch.length;
    // The daemon keeps alerts batch by batch.
    record.flush();
  }
  record.close();
  const { user, system } = process.cpuUsage(before);
  forget();
  for (const file of Object.values(files)) rmSync(file, { force: true });
  return { lines, alerts, cpu: (user + system) / 1e6 };
}
