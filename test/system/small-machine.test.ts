import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailures } from "./diagnosis.ts";
import { memoryGroup, on, tryOn } from "./hosts.ts";
import { buildSite, endSite, type Site } from "./site.ts";
import { openRules } from "./stand-ins.ts";
import { stage, until } from "./until.ts";

/** Emerging Threats Open is 7,412 rules. */
const twice = 2 * 7412;
const update = "stockade-update-rules.service";

describe("on a server with 1 GB of memory in all, and twice the rules of Emerging Threats Open", () => {
  let site: Site;
  let feed: string;
  const peaks = new Map<string, number>();

  beforeAll(async () => {
    process.env["STOCKADE_TEST_MEMORY"] = "1G";
    feed = await mkdtemp(join(tmpdir(), "stockade-feed-"));
    const rules = await twiceOver(feed);
    site = await watched("install", () =>
      buildSite({ suite: "trixie", kind: "systemd", credentials: true, rules }),
    );
  });
  afterAll(async () => {
    await endSite();
    await rm(feed, { recursive: true });
  });
  explainFailures();

  test("all of them are taken into use", async () => {
    expect(Number(/^(\d+) rules \(fetched\)/m.exec(site.installed)?.[1])).toBeGreaterThan(twice);
  });

  test("an update, a reload, a live reload of Suricata, a self-test: nobody is killed for want of memory", async () => {
    const rules = "/var/lib/suricata/rules/suricata.rules";
    await watched("update", async () => {
      // So that there is something new.
      await on("server", "sed", "--in-place", "$d", rules);
      await on("server", "systemctl", "start", update);
      await suricataIsReady();
    });
    await watched("stockade reload", () => on("server", "stockade", "reload"));
    await watched("stockade restart", () => on("server", "stockade", "restart"));
    await watched("live reload", () => on("server", "suricatasc", "-c", "reload-rules"));
    const ran = await watched("self-test", () =>
      tryOn("server", "stockade", "selftest", "--quick"),
    );
    expect(ran.stdout).toMatch(/^the self-test passed/m);
    expect(ran.exitCode).toBe(0);
    const found = await watched("doctor", () => tryOn("server", "stockade", "doctor"));
    expect(found.stdout).toMatch(/^ok +memory /m);

    for (const [name, megabytes] of peaks) process.stdout.write(`${name}: ${megabytes} MB\n`);
    process.stdout.write(
      `${await on("server", "ps", "-eo", "rss,args", "--sort=-rss", "--cols=80")}\n`,
    );
    expect(figure("memory.oom_control", "oom_kill")).toBe(0);
    expect(Math.max(...peaks.values())).toBeLessThan(900);
  });

  /** Runs it, and keeps the most that processes and temporary files took meanwhile; what the kernel keeps of files it gives back. */
  async function watched<T>(name: string, run: () => Promise<T>): Promise<T> {
    let most = 0;
    const look = () => {
      const bytes = figure("memory.stat", "total_rss") + figure("memory.stat", "total_shmem");
      most = Math.max(most, Math.round(bytes / 2 ** 20));
      peaks.set(name, most);
    };
    const timer = setInterval(look, 100);
    try {
      return await stage(name, run);
    } finally {
      clearInterval(timer);
    }
  }
});

async function suricataIsReady(): Promise<void> {
  const news = "/var/lib/stockade/suricata/rules-are-new";
  await until("Suricata has the new rules", 120, async () => {
    if ((await tryOn("server", "test", "-e", news)).exitCode === 0) return undefined;
    return (await tryOn("server", "suricatasc", "-c", "uptime")).exitCode === 0 || undefined;
  });
}

/** In one file, so that no group of them is left out for want of memory; the second half with other numbers. */
async function twiceOver(folder: string): Promise<string> {
  const script = `
    tar -xzf "$1" && mkdir twice && cat rules/*.rules > once
    sed 's/\\bsid: *\\([0-9]*\\)/sid:5\\1/' once | cat once - > twice/twice.rules
    tar -czf emerging.rules.tar.gz twice`;
  await execa("bash", ["-ec", script, "bash", openRules], { cwd: folder });
  return join(folder, "emerging.rules.tar.gz");
}

/** 0 while there is no server. */
function figure(file: string, name: string): number {
  try {
    const text = readFileSync(join(memoryGroup, file), "utf8");
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
  } catch {
    // It is being booted.
    return 0;
  }
}
