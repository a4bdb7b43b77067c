import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAnalysis } from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { loadRules, ruleFilesIn } from "../../src/analyse/rules/load.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { decoderFilesIn, loadDecoders } from "../../src/decode/decoders/load.ts";
import { shared } from "../shared.ts";

const repository = join(import.meta.dirname, "../..");

/** Lines a second of decode and rules on one core, beside fail2ban-regex on the same sshd log in the same run. */
export function throughput(folder: string, lines: number): void {
  mkdirSync(folder, { recursive: true });
  const generator = shared("bench/generate-logs.py");
  const made = spawnSync("python3", [generator, folder, `${lines}`], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`generate-logs.py failed: ${made.stderr}`);
  const sshd = judged("sshd", join(folder, "sshd.log"), "syslog");
  judged("fast.log", join(folder, "snort.log"), "snort-fast");
  judged("Apache", join(folder, "apache.log"), "syslog");
  besideFail2ban(join(folder, "sshd.log"), sshd);
}

function judged(name: string, file: string, format: LogFormat): number {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const decode = openDecoder(loadDecoders(decoderFilesIn(join(repository, "rules/decoders"))), {
    timeOf: (at) => at,
  });
  const tree = loadRules([ruleFilesIn(join(repository, "rules"))]);
  const { judge } = openAnalysis(compileRules(tree, { logLevel: 1, emailLevel: 9 }));
  let alerts = 0;
  const started = process.cpuUsage();
  for (const text of lines) {
    const line = { text, format, location: file, receivedAt: Date.now() };
    if (judge(decode(line)).alert) alerts += 1;
  }
  const { user, system } = process.cpuUsage(started);
  const perSecond = lines.length / ((user + system) / 1e6);
  const rate = Math.round(perSecond).toLocaleString("en");
  console.log(`${name}: ${rate} lines per CPU-second, ${alerts} alerts of ${lines.length} lines`);
  return perSecond;
}

function besideFail2ban(log: string, ours: number): void {
  const program = "/usr/bin/fail2ban-regex";
  if (!existsSync(program)) {
    console.log("fail2ban-regex is ABSENT, no comparison: apt-get install fail2ban");
    return;
  }
  const empty = `${log}.empty`;
  writeFileSync(empty, "");
  const seconds = (file: string) => {
    const started = performance.now();
    spawnSync(program, [file, "sshd"], { encoding: "utf8" });
    return (performance.now() - started) / 1000;
  };
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").length;
  const theirs = lines / (seconds(log) - seconds(empty));
  const rate = Math.round(theirs).toLocaleString("en");
  console.log(
    `fail2ban-regex on the same sshd log: ${rate} lines a second; we are ${(ours / theirs).toFixed(1)} times as fast`,
  );
}
