import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conditionsFor } from "../../src/analyse/active-response.ts";
import { loadConfiguration } from "../../src/bin/judge.ts";
import { pathsBelow } from "../../src/config/paths.ts";

const root = mkdtempSync(join(tmpdir(), "stockade-rules-group-"));
const paths = pathsBelow(root, join(import.meta.dirname, "../.."));
mkdirSync(join(root, "etc/stockade/rules"), { recursive: true });
writeFileSync(
  join(root, "etc/stockade/rules/own.xml"),
  `<group name="web,own,">
<rule id="1" level="0" noalert="1"><category>syslog</category></rule>
<rule id="100001" level="3"><match>a</match><group>attacks,</group></rule>
<rule id="100002" level="3"><match>b</match></rule>
</group>
<group name="dns,web,"><rule id="100003" level="3"><match>c</match><group>recon</group></rule></group>`,
);

/** The rules whose alerts lead to the response. */
function blocked(rulesGroup: string, compatible: "yes" | "no") {
  writeFileSync(
    paths.settings,
    `<stockade_config><global><ossec_compatible>${compatible}</ossec_compatible></global>
<rules><include>own.xml</include></rules>
<active-response><command>host-deny</command><rules_id>100002</rules_id><timeout>9</timeout>
<rules_group>${rulesGroup}</rules_group></active-response></stockade_config>`,
  );
  const { settings, rules } = loadConfiguration(paths);
  return [...rules.rules.values()]
    .filter(({ manner }) => conditionsFor(manner.rule, settings.activeResponses).length > 0)
    .map(({ rule }) => rule.spec.id);
}

test.each([
  ["web", [1, 100001, 100002, 100003], [1, 100001, 100002, 100003]],
  ["attacks", [100001, 100002], [100001, 100002]],
  ["ATTACK", [100002], [100001, 100002]],
  ["^dns|attack", [100002], [100001, 100002, 100003]],
  ["own,attacks", [1, 100001, 100002], [100001, 100002]],
  ["recon$", [100002], [100002, 100003]],
])("<rules_group> %s: ours takes names, OSSEC a pattern of the whole list", (text, ours, ossec) => {
  expect(blocked(text, "no").toSorted()).toEqual(ours);
  expect(blocked(text, "yes").toSorted()).toEqual(ossec);
});

test("a pattern that cannot be is refused, with file, line and element", () => {
  expect(() => blocked("(web", "yes")).toThrow(`${paths.settings}:4: <rules_group> `);
});

test("a rule says by an option of its own that it only observes", () => {
  writeFileSync(
    paths.settings,
    `<stockade_config><rules><include>observing.xml</include></rules>
<active-response><observe_rules>100001</observe_rules></active-response></stockade_config>`,
  );
  writeFileSync(
    join(root, "etc/stockade/rules/observing.xml"),
    `<group name="own,"><rule id="1" level="0" noalert="1"><category>syslog</category></rule>
<rule id="100001" level="9"><match>a</match><options>observe</options></rule>
<rule id="100002" level="9"><match>b</match><options>observe</options></rule></group>`,
  );
  const { blocking } = loadConfiguration(paths).settings;
  expect(blocking.observeRules).toEqual([100001, 100002]);
});
