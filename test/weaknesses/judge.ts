import { join } from "node:path";
import { type Judge, loadConfiguration, openJudge } from "../../src/bin/judge.ts";
import { pathsBelow } from "../../src/config/paths.ts";
import type { Alert } from "../../src/core/alert.ts";
import type { Line } from "../../src/core/event.ts";
import { verdictOfTests } from "../verdict/ground.ts";

const repository = join(import.meta.dirname, "../..");

/** The rules and settings as they are shipped, in our own way of judging. */
export function shippedJudge(): Judge {
  const paths = pathsBelow(join(import.meta.dirname, "nowhere"), repository);
  const settings = join(repository, "config/stockade.conf");
  const configuration = loadConfiguration({ ...paths, settings });
  // What is replayed carries its own time.
  return openJudge(configuration, { timeOf: (at) => at, verdictOf: verdictOfTests() });
}

/** All alerts that lines of a syslog file raise. */
export function alertsOf(lines: Iterable<string>, judge = shippedJudge()): Alert[] {
  const alerts: Alert[] = [];
  for (const text of lines) {
    const { alert } = judge.judge(lineOf(text)).verdict;
    if (alert) alerts.push(alert);
  }
  return alerts;
}

export function lineOf(text: string): Line {
  const receivedAt = Date.UTC(2026, 10, 22, 12);
  return { text, location: "/var/log/auth.log", format: "syslog", receivedAt };
}

/** What sshd says at a second of the day of a failed login. */
export function failure(second: number, from: string, user = "root"): string {
  return `${stamp(second)} web1 sshd[${4000 + (second % 999)}]: Failed password for ${user} from ${from} port 4711 ssh2`;
}

export function stamp(second: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  return `Nov 22 ${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`;
}
