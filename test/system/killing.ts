import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { killsOnServers as kills } from "../kills.ts";
import { addresses, on, start } from "./hosts.ts";
import { pidsOf } from "./records.ts";
import { reach } from "./site.ts";
import { stage, until } from "./until.ts";

const { scanner, client } = addresses;

/** Nobody gets in and nobody is shut out because a process ends at a bad moment. Real packets, systemd and kernel. */
export function killingClaims(): void {
  test(
    `SIGKILL of each process at ${kills} random instants lifts no block and makes none without an end`,
    async () => {
      await on("server", "stockade", "ban", scanner, "--for", "1h");
      const killing = start("server", "bash", "-c", script);
      let isOver = false;
      const over = stage(`${kills} kills of each`, () => killing).finally(() => {
        isOver = true;
      });
      while (!isOver) {
        expect(await reach(scanner, 22)).toBe("silent");
        expect(await reach(client, 22)).toBe("open");
        await Promise.race([over, pause(500)]);
      }
      await over;
      await everyBlockHasAnEnd();
      await on("server", "stockade", "unban", "--all");
      expect(await reach(scanner, 22)).toBe("open");
      await until("daemon and responder run", 10, async () => {
        const [daemon, responder] = [
          await pidsOf("stockaded.mjs"),
          await pidsOf("stockade-respond.mjs"),
        ];
        return daemon.length === 1 && responder.length === 1;
      });
    },
    120_000 + kills * 3000,
  );
}

async function everyBlockHasAnEnd(): Promise<void> {
  const bans = await until("the responder answers", 20, () =>
    on("server", "stockade", "bans", "--json"),
  );
  const blocks: { network: string; until: number; since: number }[] = JSON.parse(bans);
  expect(blocks.map(({ network }) => network)).toContain(scanner);
  expect(blocks.map(({ network }) => network)).not.toContain(client);
  // From now, not from its start: an attacker who goes on has his block extended.
  for (const block of blocks) expect(block.until - Date.now()).toBeLessThanOrEqual(3_601_000);
  const members = (await on("server", "ipset", "list", "stockade4")).split("Members:")[1] ?? "";
  const lines = members.trim().split("\n");
  expect(lines.some((line) => line.startsWith(`${scanner} `))).toBe(true);
  for (const line of lines) expect(line).toMatch(/ timeout [1-9]\d*$/);
}

/** Three loops, one for each process, while somebody is blocked and let in again all the time. */
const script = `
often() { # PATTERN MILLISECONDS [UNIT]
  for ((n = 0; n < ${kills}; n++)); do
    [ -z "\${3:-}" ] || systemctl start --no-block "$3"
    sleep "$(printf '0.%03d' $((RANDOM % $2)))"
    pkill -KILL -f "$1"
  done
}
others() {
  while :; do
    stockade ban "20.0.0.$((RANDOM % 200 + 1))" --for 50m
    stockade unban "20.0.0.$((RANDOM % 200 + 1))"
  done
}
others > /dev/null 2>&1 & others=$!
often '[s]tockaded.mjs' 999 & one=$!
often '[s]tockade-respond.mjs' 700 & two=$!
often '[s]tockade-execute.mjs' 400 stockade-execute.service & three=$!
wait $one $two $three
kill $others
systemctl reset-failed stockade-execute.service || true
`;
