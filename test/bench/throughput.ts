import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";
import { shared } from "../shared.ts";
import { timed } from "./timed.ts";

interface Measured {
  readonly lines: number;
  readonly alerts: number;
  /** Seconds of CPU time: the least of five passes. */
  readonly cpu: number;
  /** Milliseconds until the rules were ready. */
  readonly loading: number;
  readonly rss: number;
}

/**
 * Lines per second of one core, from the line to the alert on disk: with OSSEC's ruleset judged as OSSEC does, and with
 * ours; beside fail2ban-regex on the same sshd log in the same run.
 */
export function throughput(folder: string, lines: number): void {
  mkdirSync(folder, { recursive: true });
  const made = spawnSync("python3", [shared("bench/generate-logs.py"), folder, `${lines}`]);
  if (made.status !== 0) throw new Error(`generate-logs.py failed: ${made.stderr}`);
  const logs = ["sshd", "snort", "apache", "mix"];
  const stock = new Map(logs.map((log) => [log, judged("stock", log, "syslog", folder)]));
  judged("shipped", "sshd", "syslog", folder);
  judged("shipped", "snort", "snort-fast", folder);
  judged("shipped", "apache", "apache", folder);
  besideFail2ban(join(folder, "sshd.log"), stock.get("sshd") ?? Number.NaN);
}

function judged(rules: string, log: string, format: string, folder: string): number {
  const script = join(import.meta.dirname, "judge-log.ts");
  const file = join(folder, `${log}.log`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeFlags.stockaded, script, rules, format, file, folder],
    { encoding: "utf8", env: { ...process.env, ...mallocVariables } },
  );
  if (status !== 0) throw new Error(`judge-log.ts failed: ${stderr}`);
  const { lines, alerts, cpu, loading, rss }: Measured = JSON.parse(stdout);
  const rate = lines / cpu;
  console.log(
    `${rules} rules, ${log}: ${Math.round(rate).toLocaleString("en")} lines per CPU-second, ` +
      `${alerts} alerts of ${lines} lines on disk; rules ready in ${Math.round(loading)} ms, ` +
      `${Math.round(rss / 1e6)} MB resident`,
  );
  return rate;
}

function besideFail2ban(log: string, ours: number): void {
  const program = "/usr/bin/fail2ban-regex";
  if (!existsSync(program)) {
    console.log("fail2ban-regex is ABSENT, no comparison: apt-get install fail2ban");
    return;
  }
  const empty = `${log}.empty`;
  writeFileSync(empty, "");
  // Of its CPU time too the least of some counts.
  const seconds = (file: string) =>
    Math.min(...[1, 2, 3].map(() => timed(`${program} ${file} sshd > /dev/null`).cpu));
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").length;
  const theirs = lines / (seconds(log) - seconds(empty));
  const rate = Math.round(theirs).toLocaleString("en");
  console.log(
    `fail2ban-regex on the same sshd log: ${rate} lines per CPU-second; we are ${(ours / theirs).toFixed(1)} times as fast`,
  );
}
