import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailures } from "./diagnosis.ts";
import { tryOn } from "./hosts.ts";
import { doMischief, mischief } from "./integrity.ts";
import { alerts } from "./records.ts";
import { buildSite, endSite } from "./site.ts";
import { stage, until } from "./until.ts";

const install =
  "DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends install aide aide-common rkhunter";
const learn =
  "aide --init --config /etc/aide/aide.conf && mv /var/lib/aide/aide.db.new /var/lib/aide/aide.db && rkhunter --propupd";
const upgrade = "DEBIAN_FRONTEND=noninteractive apt-get -qq --yes install curl";

describe("what an attacker changes, and who sees it", () => {
  beforeAll(async () => {
    await buildSite({ suite: "trixie", kind: "systemd", credentials: false, fewRules: true });
    await stage("install AIDE and rkhunter", () => sh(install));
    await stage("learn", () => sh(learn));
  });
  afterAll(endSite);
  explainFailures();

  test("Stockade sees all of it; the others are shown", async () => {
    await sh(upgrade);
    await doMischief();
    const seen = await stage("changes → alerts", () => until("all are told", 20, allAlerts));
    const aide = await stage("aide --check", () => sh("aide --check --config /etc/aide/aide.conf"));
    const rkhunter = await stage("rkhunter --check", () =>
      sh("rkhunter --check --skip-keypress --report-warnings-only"),
    );
    const others = [aide, rkhunter];
    const rows = mischief.map(({ what, name }, index) => [
      what,
      `rule ${/Rule: (\d+) \(level \d+\)/.exec(seen[index] ?? "")?.[0].slice(6)}`,
      ...others.map((report) => (name.test(report) ? "yes" : "no")),
    ]);
    process.stdout.write(
      `${[["change", "Stockade", "AIDE", "rkhunter"], ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`,
    );
    const lines = [
      (await alerts()).filter((text) => /- syscheck,/.test(text)).length,
      ...others.map((text) => text.split("\n").length),
    ];
    process.stdout.write(
      `alerts of files, lines of the reports, an installed package included: ${lines.join(", ")}\n`,
    );
    expect(seen).toHaveLength(mischief.length);
  });
});

async function allAlerts(): Promise<string[] | undefined> {
  const records = await alerts();
  const found = mischief.flatMap(
    ({ told }) => records.find((text) => told.every((one) => one.test(text))) ?? [],
  );
  return found.length === mischief.length ? found : undefined;
}

/** These tools end with other codes than 0 when they find something. */
async function sh(command: string): Promise<string> {
  const { all = "" } = await tryOn("server", "bash", "-c", command);
  return all;
}
