/*
 * Judges a log in a process of its own: node judge-log.ts stock|shipped FORMAT FILE FOLDER. Once to warm up, as a daemon
 * is warm, then once more with the CPU time taken: reading a line's header, decoding, rules, and alerts.log and
 * alerts.json written to FOLDER. Prints one JSON object.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Judge } from "../../src/bin/judge.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openRecord } from "../../src/report/record.ts";
import { judgeBy } from "./judges.ts";

const [kind = "stock", format = "syslog", file = "", folder = ""] = process.argv.slice(2);

const lines = readFileSync(file, "utf8").trimEnd().split("\n");
// The lines of access logs are believed in access logs only.
const location = format === "apache" ? "/var/log/apache2/access.log" : file;
const started = performance.now();
const judge = judgeBy(kind);
const loading = performance.now() - started;
pass(judge);
judge.forget();
const before = process.cpuUsage();
const alerts = pass(judge);
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1e6;
const { rss } = process.memoryUsage();
console.log(JSON.stringify({ lines: lines.length, alerts, cpu, loading, rss }));

function pass({ judge }: Judge): number {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const record = openRecord({
    alertsLog: join(folder, "alerts.log"),
    alertsJson: join(folder, "alerts.json"),
    hostname: "web1",
    log,
    clock: Date.now,
  });
  let alerts = 0;
  for (const [index, text] of lines.entries()) {
    const line = { text, format: format as LogFormat, location, receivedAt: Date.now() };
    const { alert } = judge(line).verdict;
    if (alert) record.record(alert);
    if (alert) alerts += 1;
    // The daemon keeps alerts batch by batch.
    if (index % 1000 === 0) record.flush();
  }
  record.flush();
  record.close();
  return alerts;
}
