import { expect, test } from "vitest";
import { probe } from "./attacks.ts";
import { addresses, on } from "./hosts.ts";
import { pidsOf, untilBoth } from "./records.ts";
import { stage, until } from "./until.ts";

/** W9 of the weaknesses of OSSEC: there, the whole chain is lost with one of its daemons. */
export function recoveryClaims(): void {
  test.each([
    ["stockaded.mjs", addresses.first],
    ["stockade-respond.mjs", addresses.second],
  ])(
    "W9: %s is killed, comes back within three seconds, beside two other servers,, and detection goes on",
    async (program, attacker) => {
      const killed = await pidsOf(program);
      expect(killed).not.toEqual([]);
      await on("server", "kill", "-KILL", ...killed);
      await stage(`${program} is back`, () =>
        until(`${program} runs again`, 3, async () =>
          (await pidsOf(program)).some((pid) => !killed.includes(pid)),
        ),
      );
      await probe(attacker);
      await untilBoth("add", attacker, 20);
    },
  );
}
