/*
 * Judges a log in a process of its own: node judge-log.ts stock|shipped FORMAT FILE FOLDER. Once to warm up, as a daemon
 * is warm, then once more with the CPU time taken: reading a line's header, decoding, rules, and alerts.log and
 * alerts.json written to FOLDER. Prints one JSON object.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Judge, loadRuleset, openJudge } from "../../src/bin/judge.ts";
import { pathsBelow } from "../../src/config/paths.ts";
import { ruleFiles } from "../../src/config/rule-files.ts";
import { Settings } from "../../src/config/settings.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openRecord } from "../../src/report/record.ts";
import { shared } from "../shared.ts";

const [kind = "stock", format = "syslog", file = "", folder = ""] = process.argv.slice(2);

const lines = readFileSync(file, "utf8").trimEnd().split("\n");
// The lines of access logs are believed in access logs only.
const location = format === "apache" ? "/var/log/apache2/access.log" : file;
const started = performance.now();
const judge = kind === "stock" ? stockJudge() : shippedJudge();
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

/** OSSEC's own ruleset, judged as OSSEC does. */
function stockJudge(): Judge {
  const below = (name: string) => shared(`conformance/ossec/${name}`);
  const names = readFileSync(below("ruleset.list"), "utf8").trim().split(/\s+/);
  const layers = [names.map((name) => below(`rules/${name}`))];
  const settings = Settings.parse({ global: { ossecCompatible: true } });
  const decoders = [below("decoder.xml")];
  return openJudge(loadRuleset({ layers, decoders, lists: [] }, settings));
}

/** The rules that Stockade ships, judged its own way. */
function shippedJudge(): Judge {
  const paths = pathsBelow(
    join(import.meta.dirname, "nowhere"),
    join(import.meta.dirname, "../.."),
  );
  const files = ruleFiles([], paths);
  return openJudge(loadRuleset(files, Settings.parse({})), { timeOf: (at) => at });
}
