import { expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { pidsOf } from "./records.ts";
import { stage, until } from "./until.ts";

/** By systemd the daemon is watched, by a shell of its own the responder. Not so soon that a busy machine looks like a hang. */
const units = [
  ["stockaded", "stockaded.mjs", "WatchdogSec=6"],
  ["stockade-respond", "stockade-respond.mjs", "Environment=STOCKADE_HANG_SECONDS=6"],
] as const;
const dropIn = (unit: string) => `/run/systemd/system/${unit}.service.d`;

/** A process that hangs is of no use, and no crash either. */
export function watchdogClaims(): void {
  test("daemon and responder that hang are killed and come back", async () => {
    try {
      for (const [unit, , soon] of units) {
        await on("server", "mkdir", "-p", dropIn(unit));
        await write(`${dropIn(unit)}/soon.conf`, `[Service]\n${soon}\n`);
      }
      await restart();
      const hung = await Promise.all(units.map(([, program]) => pidsOf(program)));
      expect(hung.flat()).toHaveLength(2);
      await on("server", "kill", "-STOP", ...hung.flat());
      await stage("hung → back", () =>
        until("both run again, and answer", 60, async () => {
          const now = (await Promise.all(units.map(([, program]) => pidsOf(program)))).flat();
          const isNew = now.length === 2 && now.every((pid) => !hung.flat().includes(pid));
          return isNew && (await tryOn("server", "stockade", "status")).exitCode === 0;
        }),
      );
    } finally {
      for (const [unit] of units) await tryOn("server", "rm", "-r", dropIn(unit));
      await restart();
    }
  });
}

async function restart(): Promise<void> {
  await on("server", "systemctl", "daemon-reload");
  await on("server", "stockade", "restart");
}
