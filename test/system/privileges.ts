import { expect, test } from "vitest";
import { on } from "./hosts.ts";
import { pidsOf, statusOf } from "./records.ts";

/** What the processes may do, on a server with systemd. */
export function privilegeClaims(): void {
  test("the daemon runs as an ordinary user without any capability", async () => {
    const [pid = ""] = await pidsOf("stockaded.mjs");
    const status = await statusOf(pid);
    expect(status).toMatch(/^CapEff:\s0+$/m);
    expect(status).toMatch(/^CapPrm:\s0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
    expect(status).not.toMatch(/^Uid:\s0\s/m);
  });

  test("every unit is up, and those that run are well shut in", async () => {
    expect(await on("server", "systemctl", "--failed", "--plain", "--no-legend")).toBe("");
    const table = await on("server", "systemd-analyze", "--no-pager", "security");
    const ours = table.split("\n").filter((row) => row.startsWith("stockade"));
    expect(ours.length).toBeGreaterThanOrEqual(3);
    for (const row of ours) expect(Number(row.split(/\s+/)[1]), row).toBeLessThan(2);
  });
}

/** Of each unit, also of those that run now and then, by the systemd of this Debian. */
export function exposureClaims(): void {
  test("systemd-analyze security finds each unit below 2.0", async () => {
    const analyze = "systemd-analyze security --offline=true --threshold=100 --no-pager";
    const units = "/usr/lib/systemd/system/stockade*.service";
    const said = await on(
      "server",
      "bash",
      "-ec",
      `for unit in ${units}; do ${analyze} $unit; done`,
    );
    const figures = [...said.matchAll(/exposure level for (\S+): ([\d.]+)/g)];
    process.stdout.write(`${figures.map(([, unit, figure]) => `${figure} ${unit}`).join("\n")}\n`);
    expect(figures.length).toBeGreaterThanOrEqual(7);
    expect(figures.filter(([, , figure]) => Number(figure) >= 2)).toEqual([]);
  });
}
