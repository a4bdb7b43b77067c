import { expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { pidsOf } from "./records.ts";
import { stage, until } from "./until.ts";

const units = [
  ["stockaded", "stockaded.mjs"],
  ["stockade-respond", "stockade-respond.mjs"],
] as const;
const soon = "[Service]\nWatchdogSec=4\nEnvironment=STOCKADE_HANG_SECONDS=4\n";
const dropIn = (unit: string) => `/run/systemd/system/${unit}.service.d`;

/** A process that hangs is of no use, and no crash either. */
export function watchdogClaims(): void {
  test("daemon and responder that hang are killed and come back", async () => {
    for (const [unit] of units) {
      await on("server", "mkdir", "-p", dropIn(unit));
      await write(`${dropIn(unit)}/soon.conf`, soon);
    }
    await on("server", "systemctl", "daemon-reload");
    await on("server", "stockade", "restart");
    const hung = await Promise.all(units.map(([, program]) => pidsOf(program)));
    expect(hung.flat()).toHaveLength(2);
    await on("server", "kill", "-STOP", ...hung.flat());
    await stage("hung → back", () =>
      until("both run again, and answer", 20, async () => {
        const now = (await Promise.all(units.map(([, program]) => pidsOf(program)))).flat();
        const isNew = now.length === 2 && now.every((pid) => !hung.flat().includes(pid));
        return isNew && (await tryOn("server", "stockade", "status")).exitCode === 0;
      }),
    );
    for (const [unit] of units) await on("server", "rm", "-r", dropIn(unit));
    await on("server", "systemctl", "daemon-reload");
    await on("server", "stockade", "restart");
  });
}
