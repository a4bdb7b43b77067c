import { expect, test } from "vitest";
import { loadConfiguration, openJudge } from "../../../src/bin/judge.ts";
import { placesBelow } from "../../../src/bin/place.ts";
import { openScratch } from "../../cli/scratch.ts";

const scratch = openScratch();
const judge = openJudge(loadConfiguration(placesBelow(scratch.root)), { isLive: true });

test.each([
  ["the self-test failed: scan: rule: none", 309030, true],
  ["the self-test passed in 9 s", 309031, false],
  ["a log fell silent: /var/log/auth.log has had no line for 31 min, its longest …", 309032, true],
  [
    "more lines are not understood than usual: 60 % of 200 lines of /var/log/auth.log in this hour, else 5 %",
    309033,
    true,
  ],
  ["Suricata does not run: systemctl start suricata", 309034, true],
  ["Suricata watches eth0, the default route is by ens5: systemctl restart suricata", 309034, true],
  ["the integrity process does not run: systemctl start stockade-integrity", 309034, true],
  ["Postfix does not run: systemctl start postfix", 309034, true],
  ["the disk of /var/log is 93 % full; alerts, blocks and mail need room on it", 531, true],
  ["the disk of /home has used 97 % of its inodes", 531, true],
  ["in order again: Suricata runs", 309036, false],
  ["Ansible ran 2 modules in 3 s: copy /etc/motd, apt tree", 309037, false],
  ["first login of alice, from 203.0.113.9 (password)", 309085, true],
  [
    "login of alice from a new network, 192.0.2.0/24: 192.0.2.7 (publickey); known are 203.0.113.0/24",
    309085,
    true,
  ],
  ["learned: first login of alice, from 203.0.113.9 (password)", 309086, false],
])("stockade: %s", (text, rule, isMailed) => {
  const line = {
    text: `stockade: ${text}`,
    location: "stockaded",
    format: "own",
    receivedAt: Date.now(),
  } as const;
  const { alert } = judge.judge(line).verdict;
  expect(alert).toMatchObject({ rule: { id: rule }, mail: isMailed, mayBlock: false });
});

test.each(["syslog", "apache"] as const)("no %s line can claim to be one", (format) => {
  const text = "Nov 22 10:00:00 web1 x: stockade: the self-test failed: y";
  const { alert } = judge.judge({
    text,
    location: "/var/log/syslog",
    format,
    receivedAt: Date.now(),
  }).verdict;
  expect(alert?.rule.id).not.toBe(309030);
});
