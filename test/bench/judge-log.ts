/*
 * Judges a log in a process of its own: node judge-log.ts stock|shipped FORMAT FILE FOLDER. Once to warm up, as a daemon
 * is warm, then once more with the CPU time taken: reading the file, a line's header, decoding, rules, and alerts.log
 * written to FOLDER, with our rules alerts.json too: each as its defaults have it. Prints one JSON object.
 */
import { join } from "node:path";
import type { Judge } from "../../src/bin/judge.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openRecord } from "../../src/report/record.ts";
import { judgeBy } from "./judges.ts";
import { linesOf } from "./lines.ts";

const [kind = "stock", format = "syslog", file = "", folder = ""] = process.argv.slice(2);

// The lines of access logs are believed in access logs only.
const location = format === "apache" ? "/var/log/apache2/access.log" : file;
const started = performance.now();
const judge = judgeBy(kind);
const loading = performance.now() - started;
pass(judge);
judge.forget();
const before = process.cpuUsage();
const passed = pass(judge);
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1e6;
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ ...passed, cpu, loading, rss }));

function pass({ judge }: Judge): { lines: number; alerts: number } {
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
  return { lines, alerts };
}
