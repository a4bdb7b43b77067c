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

  test("every unit is up and well shut in", async () => {
    expect(await on("server", "systemctl", "--failed", "--plain", "--no-legend")).toBe("");
    const table = await on("server", "systemd-analyze", "--no-pager", "security");
    const ours = table.split("\n").filter((row) => row.startsWith("stockade"));
    process.stdout.write(`${ours.join("\n")}\n`);
    expect(ours.length).toBeGreaterThanOrEqual(3);
    for (const row of ours) expect(Number(row.split(/\s+/)[1]), row).toBeLessThan(2);
  });
}
