import { expect, test } from "vitest";
import { forgive, probe } from "./attacks.ts";
import { addresses, on } from "./hosts.ts";
import { addsOf, pidsOf, untilBoth } from "./records.ts";
import { stage, until } from "./until.ts";

/** W9 of the weaknesses of OSSEC: there, the whole chain is lost with one of its daemons. */
export function recoveryClaims(): void {
  test.each(["stockaded.mjs", "stockade-respond.mjs"])(
    "W9: %s is killed, comes back within two seconds, and detection goes on",
    async (program) => {
      const killed = await pidsOf(program);
      expect(killed).not.toEqual([]);
      await on("server", "kill", "-KILL", ...killed);
      await stage(`${program} is back`, () =>
        until(`${program} runs again`, 2, async () =>
          (await pidsOf(program)).some((pid) => !killed.includes(pid)),
        ),
      );
      const before = await addsOf(addresses.attacker);
      await probe("attacker");
      await untilBoth("add", addresses.attacker, 20, before);
      await forgive(addresses.attacker);
    },
  );
}
