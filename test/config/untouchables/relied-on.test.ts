import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { systemFacts } from "../../../src/config/untouchables/facts.ts";
import { type OtherFile, reliedOn } from "../../../src/config/untouchables/relied-on.ts";

const hostsIn = (kind: OtherFile["kind"], text: string) =>
  reliedOn([{ kind, text }]).map((item) => item.text);

test.each([
  [
    "deb http://deb.debian.org/debian trixie main\n# deb http://old.example/ x\n",
    ["deb.debian.org"],
  ],
  ["deb [signed-by=/k] https://me:secret@repo.example:8443/d stable main", ["repo.example"]],
  [
    "Types: deb\nURIs: http://a.example/debian https://[2001:db8::7]/x\n",
    ["a.example", "2001:db8::7"],
  ],
  ['Acquire::http::Proxy "http://192.0.2.3:3128/";\n// "http://no.example"', ["192.0.2.3"]],
  ["deb cdrom:[Debian]/ trixie main\ndeb file:///srv/mirror ./", []],
  ["deb http://-oops/ x\ndeb http://$(arch).example/ x\ndeb http://1.2.3/ y", []],
])("package mirrors of %j", (text, hosts) => {
  expect(hostsIn("apt", text)).toEqual(hosts);
});

test.each([
  [
    "timesyncd",
    "[Time]\nNTP=a.example 192.0.2.4\n#NTP=no.example\nFallbackNTP=b.example",
    ["a.example", "192.0.2.4", "b.example"],
  ],
  ["timesyncd", "[Time]\nNTP=\n", []],
  [
    "ntp",
    "pool 2.debian.pool.ntp.org iburst\n  server 192.0.2.5\n# server no.example\npeer p.example\n",
    ["2.debian.pool.ntp.org", "192.0.2.5", "p.example"],
  ],
  ["ntp", "servers pool.ntp.org\nserver unix:/x", ["pool.ntp.org"]],
  ["postfix", "myhostname = x\nrelayhost = [smtp.relay.example]:587\n", ["smtp.relay.example"]],
  ["postfix", "relayhost = mx.example:25", ["mx.example"]],
  ["postfix", "relayhost = [2001:db8::25]:587", ["2001:db8::25"]],
  ["postfix", "relayhost =\n#relayhost = no.example", []],
  [
    "suricata-update",
    "source: et/open\nurl: https://rules.example/open.tar.gz\n",
    ["rules.example"],
  ],
  [
    "cloud-init",
    '{"ds":{"meta_data":{"public-ipv4":"203.0.113.9","local-ipv4":"10.0.0.4"}}}',
    ["203.0.113.9"],
  ],
  [
    "cloud-init",
    '{"a":[{"public_ips":["203.0.113.9","2001:db8::9"]}],"publicIp":"203.0.113.9"}',
    ["203.0.113.9", "2001:db8::9"],
  ],
  ["cloud-init", '{"public-ipv4": ', []],
] as const)("%s: %j", (kind, text, hosts) => {
  expect(hostsIn(kind, text)).toEqual(hosts);
});

test("the files of a machine are found, and the file of what is allowed", async () => {
  const root = mkdtempSync(join(tmpdir(), "relied-on-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("etc/apt/sources.list.d/debian.sources", "URIs: http://mirror.example/debian\n");
  write("etc/apt/apt.conf.d/50proxy", 'Acquire::http::Proxy "http://192.0.2.3:3128";');
  write("etc/chrony/chrony.conf", "pool time.example iburst\n");
  write("etc/postfix/main.cf", "relayhost = [relay.example]:587\n");
  write("etc/resolv.conf", "nameserver 127.0.0.53\n");
  write("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.53\n");
  const [now, day] = [1_800_000_000_000, 86_400_000];
  const allowed = [
    { text: "203.0.113.8", since: now - day, until: now + day, why: "a test from outside" },
    { text: "203.0.113.7", since: now - day, until: now - 1, why: "" },
  ];
  write("allowed.json", JSON.stringify({ version: 1, allowed }));

  const facts = systemFacts(join(root, "allowed.json"), root, () => now);
  expect((await facts.items()).map(({ text, reason }) => `${text} ${reason}`)).toEqual([
    "203.0.113.8 allowed for a while: a test from outside",
    "mirror.example package mirror: mirror.example",
    "192.0.2.3 package mirror: 192.0.2.3",
    "time.example time server: time.example",
    "relay.example mail relay: relay.example",
  ]);
  expect(await facts.resolvConf()).toContain("192.0.2.53");
  write("allowed.json", '{"version":1,"allowed":[{"text":1}]}');
  expect(await facts.items()).toHaveLength(4);
  rmSync(root, { recursive: true });
});
