import { afterEach } from "vitest";
import { type Server, tryOn } from "./hosts.ts";

/** After a test that failed: what the servers themselves can say about it. */
export function explainFailures(servers: readonly Server[] = ["server"]): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    for (const server of servers) await explain(server);
  });
}

async function explain(server: Server): Promise<void> {
  for (const question of questions) {
    const { all } = await tryOn(server, "bash", "-c", `${question} 2>&1 | cut -c 1-200`);
    process.stdout.write(`\n--- ${server}: ${question}\n${all}\n`);
  }
}

const questions = [
  "stockade status",
  "stockade bans",
  "journalctl --no-pager --lines 40 --unit 'stockade*'",
  "tail -n 20 /var/log/stockade/stockade.log",
  "tail -n 10 /var/log/stockade/active-responses.log",
  "tail -n 30 /var/log/stockade/alerts/alerts.log",
  "tail -n 10 /var/log/suricata/fast.log",
  "cat /etc/hosts.deny | grep --invert-match '^#'",
  "mailq",
];
