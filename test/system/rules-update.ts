import { describe, expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { alerts, read } from "./records.ts";
import { stage, until } from "./until.ts";

// Where the unit can see it.
const feed = "/srv/feed.rules";
const unit = "stockade-update-rules.service";
const answers = "/etc/stockade/install.answers";
const news = "/var/lib/stockade/suricata/rules-are-new";
const inUse = "/var/lib/suricata/rules/suricata.rules";

/** Suricata's rules stay fresh, and what does not go well is told. */
export function rulesUpdateClaims(): void {
  describe("the update of Suricata's rules", () => {
    test("takes a feed with a bad rule, without that rule; a feed that is gone changes nothing", async () => {
      await write(feed, [...good(1, 2, 3), bad].join("\n"));
      const before = await read(answers);
      await write(answers, `${before.replace(/^RULES_URL=.*$/m, "")}\nRULES_URL=file://${feed}\n`);
      const first = await update();
      expect(first).toContain(
        "leaving out 1 rules that this Suricata does not understand: 2900004",
      );
      await write(feed, good(2, 3, 5).join("\n"));
      expect(await update()).toMatch(/rules \(fetched\): 1 came, 1 went$/m);
      const rules = await read(inUse);
      expect(rules).toContain("sid:2900005;");
      await until(
        "Suricata has been told",
        30,
        async () => (await tryOn("server", "test", "-e", news)).exitCode === 1,
      );
      await on("server", "rm", feed);
      expect(await update()).toMatch(/^no rules could be fetched: .+; those of /m);
      expect(await read(inUse)).toBe(rules);
      await write(answers, `${before}\n`);
      await until("the failure is told", 15, async () => fired(309_050));
      expect(await fired(309_052)).toBe(true);
    });
  });
}

const good = (...numbers: number[]) =>
  numbers.map(
    (number) =>
      `alert tcp any any -> any 9 (msg:"TEST ${number}"; content:"test${number}"; classtype:misc-activity; sid:290000${number}; rev:1;)`,
  );
const bad = 'alert tcp any any -> any 9 (msg:"TEST bad"; no_such_keyword:1; sid:2900004; rev:1;)';

async function update(): Promise<string> {
  await stage("update-rules", () => on("server", "systemctl", "start", unit));
  const said = await on("server", "journalctl", "--no-pager", "--output=cat", `--unit=${unit}`);
  return said.split("\nStarting ").at(-1) ?? "";
}

async function fired(rule: number): Promise<boolean> {
  return (await alerts()).some((text) => text.includes(`\nRule: ${rule} (level `));
}
