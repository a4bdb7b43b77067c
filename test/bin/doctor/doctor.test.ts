import { afterEach, beforeEach, expect, test } from "vitest";
import { doctorPage } from "../../../src/bin/commands/doctor.ts";
import { checks, examine } from "../../../src/bin/doctor/checks.ts";
import { daemonStatus, healthyWorld, unitsShown, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await healthyWorld();
});
afterEach(() => world.remove());

test("where all is well, every check says so, and nothing is wrong", async () => {
  const found = await examine(world.machine());
  // The disks are those of the machine that runs the tests.
  const others = found.filter(({ check }) => check !== "disk");
  expect(others.filter(({ state }) => state !== "ok")).toEqual([]);
  expect([...new Set(found.map(({ check }) => check))]).toEqual(Object.keys(checks));
  expect(doctorPage(others).at(-1)).toBe("nothing is wrong");
});

const queue = (reason: string) =>
  JSON.stringify({
    ...{
      queue_name: "deferred",
      queue_id: "4c1",
      arrival_time: Math.floor(Date.now() / 1000) - 3600,
    },
    recipients: [{ address: "a@example.net", delay_reason: reason }],
  });

/** A relay that nobody is at. */
const postconf = (tls: string) =>
  `relayhost = [127.0.0.1]:1\nsmtp_tls_security_level = ${tls}\nsmtp_tls_CAfile =`;

/** What is wrong: the check, how the world is broken, what is said, and the fix. */
const broken: readonly [string, (world: World) => unknown, RegExp, RegExp][] = [
  [
    "relay",
    (w) => w.program("postconf", postconf("may")),
    /^mail may leave unencrypted: smtp_tls_security_level is "may"$/,
    /mail relay --use 127\.0\.0\.1:1$/,
  ],
  [
    "relay",
    (w) => w.program("postconf", `${postconf("encrypt")}\nsmtp_tls_wrappermode = yes`),
    /wrappermode does not fit port 1/,
    /mail relay --use/,
  ],
  [
    "relay",
    (w) => w.program("postconf", `${postconf("encrypt")}\nsmtp_sasl_auth_enable = yes`),
    /libsasl2-modules is not installed/,
    /apt-get install libsasl2-modules/,
  ],
  [
    "relay",
    (w) => w.program("postconf", postconf("encrypt")),
    /answers on none of the ports 1, 587, 2525, 465.*ECONNREFUSED/,
    /the cloud or a firewall/,
  ],
  [
    "units",
    (w) => w.program("systemctl", unitsShown("stockaded.service", { ActiveState: "failed" })),
    /^stockaded\.service is failed$/,
    /^systemctl start stockaded/,
  ],
  [
    "units",
    (w) => w.program("systemctl", unitsShown("suricata.service", { UnitFileState: "disabled" })),
    /suricata\.service is not enabled/,
    /^systemctl enable suricata/,
  ],
  [
    "units",
    (w) => w.program("systemctl", unitsShown("stockaded.service", { NRestarts: "9" })),
    /started again 9 times/,
    /journalctl -u stockaded/,
  ],
  [
    "units",
    (w) => w.program("systemctl", unitsShown("stockade.target", { LoadState: "not-found" })),
    /stockade\.target is not-found/,
    /installer/,
  ],
  [
    "units",
    (w) => w.program("systemctl", unitsShown("stockaded.service", { NeedDaemonReload: "yes" })),
    /changed on disk/,
    /daemon-reload/,
  ],
  [
    "capabilities",
    (w) => w.file("/proc/43/status", "Uid:\t0\nCapEff:\t000001ffffffffff\n"),
    /the responder may more/,
    /stockade restart/,
  ],
  [
    "capabilities",
    (w) => w.file("/proc/42/status", "Uid:\t999\t999\nCapEff:\t0000000000003000\n"),
    /the daemon has capabilities \(3000\)/,
    /stockade restart/,
  ],
  [
    "sockets",
    (w) => w.without("/run/stockade/respond.sock"),
    /respond\.sock is not there/,
    /restart/,
  ],
  [
    "sockets",
    (w) => w.socket("/run/stockade/respond-root.sock", 0o666),
    /has mode 666, expected 600/,
    /restart/,
  ],
  [
    "capture",
    (w) => w.program("suricatasc", '{"message": {"drop": 200, "pkts": 1000}}'),
    /missed 200/,
    /disable\.conf/,
  ],
  [
    "capture",
    (w) => w.program("ip", "default via 198.51.100.1 dev ens5\n2: eth0    inet 198.51.100.44/24"),
    /watches eth0, the default route is by ens5/,
    /systemctl restart suricata/,
  ],
  [
    "capture",
    (w) => w.program("ip", "default via 198.51.100.1 dev eth0\n2: eth0    inet 198.51.100.45/24"),
    /HOME_NET lacks 198\.51\.100\.45/,
    /systemctl restart suricata/,
  ],
  [
    "rules",
    (w) =>
      w.file(
        "/var/lib/stockade/suricata/rules-status",
        "source=fetched\nupdated=1700000000\nrules=3\nproblem=\n",
      ),
    /they are old/,
    /update-rules/,
  ],
  [
    "rules",
    (w) =>
      w.file(
        "/var/lib/stockade/suricata/rules-status",
        `updated=${Date.now() / 1000}\nproblem=no rules could be fetched\n`,
      ),
    /the last update failed: no rules/,
    /update-rules/,
  ],
  ["rules", (w) => w.without("/var/lib/suricata/rules"), /no rules/, /update-rules/],
  [
    "firewall",
    (w) =>
      w.program(
        "iptables",
        "-N STOCKADE\n-A INPUT -j ufw-before-input\n-A INPUT -j STOCKADE\n-A FORWARD -j STOCKADE",
      ),
    /1 rules stand before ours in INPUT, the first is "-A INPUT -j ufw-before-input"/,
    /reload stockade-respond/,
  ],
  [
    "firewall",
    (w) =>
      w.program(
        "iptables",
        "-N STOCKADE\n-N DOCKER-USER\n-A INPUT -j STOCKADE\n-A FORWARD -j STOCKADE",
      ),
    /nothing leads from DOCKER-USER/,
    /reload/,
  ],
  [
    "firewall",
    (w) => w.program("ip6tables", "-P INPUT ACCEPT"),
    /^ip6tables: the chain STOCKADE is not there$/,
    /reload/,
  ],
  [
    "firewall",
    (w) => w.program("iptables", "Permission denied", 4),
    /iptables does not work: Permission denied/,
    /journalctl/,
  ],
  [
    "logrotate",
    (w) => w.file("/etc/logrotate.d/suricata", "/var/log/suricata/*.log {\n\tcopytruncate\n}\n"),
    /copies and truncates/,
    /\.disabled/,
  ],
  [
    "logrotate",
    (w) => w.without("/etc/logrotate.d/stockade"),
    /logs grow without end/,
    /installer/,
  ],
  [
    "logrotate",
    (w) => w.file("/var/lib/logrotate/status", "", 9),
    /has not run for three days/,
    /logrotate\.timer/,
  ],
  [
    "mail",
    (w) =>
      w.program(
        "postqueue",
        queue("SASL authentication failed; server said: 535 Authentication failed"),
      ),
    /^1 mails wait .* 60 min: the relay refuses user name or password/,
    /mail relay --password-file/,
  ],
  [
    "mail",
    (w) =>
      w.program(
        "postqueue",
        queue("connect to smtp.mailgun.org[192.0.2.1]:587: Connection timed out"),
      ),
    /clouds close 25/,
    /2525/,
  ],
  [
    "clock",
    (w) => w.program("timedatectl", "NTP=no\nNTPSynchronized=no"),
    /not synchronised/,
    /set-ntp true/,
  ],
  [
    "memory",
    (w) => w.file("/proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 9000 kB\n"),
    /only 9 of 977 MB/,
    /disable\.conf/,
  ],
  [
    "memory",
    (w) => {
      const mebibytes = (number: number) => `${number * 2 ** 20}\n`;
      w.file("/proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n");
      w.file("/sys/fs/cgroup/memory.max", mebibytes(512));
      w.file("/sys/fs/cgroup/memory.current", mebibytes(511));
      w.file(
        "/sys/fs/cgroup/memory.stat",
        `active_file ${mebibytes(4)}inactive_file ${mebibytes(5)}`,
      );
    },
    /only 10 of 512 MB/,
    /disable\.conf/,
  ],
  [
    "memory",
    (w) =>
      w.file("/sys/fs/cgroup/system.slice/suricata.service/memory.events", "oom 3\noom_kill 2\n"),
    /suricata was killed for want of memory 2 times/,
    /MemoryMax/,
  ],
  [
    "drift",
    (w) =>
      w.file(
        "/etc/stockade/stockade.conf",
        "<stockade_config><global><x>1</x></global></stockade_config>\n",
      ),
    /stockade\.conf:1: /,
    /./,
  ],
  [
    "drift",
    (w) => w.file("/etc/stockade/rules/mine.xml", "", -1),
    /\/etc\/stockade\/rules\/mine\.xml changed and is not in force/,
    /stockade reload/,
  ],
  [
    "drift",
    (w) => w.program("dpkg", "??5??????   /usr/lib/stockade/stockaded.mjs"),
    /stockaded\.mjs is not as it was shipped/,
    /reinstall/,
  ],
];

test.each(broken)("%s: %s is found, with its fix (%s)", async (check, spoil, text, fix) => {
  await spoil(world);
  const found = await examine(world.machine());
  const wrong = found.filter((one) => one.state === "wrong" && one.check === check);
  expect(wrong.map((one) => one.text)).toContainEqual(expect.stringMatching(text));
  expect(wrong.map((one) => one.fix)).toContainEqual(expect.stringMatching(fix));
});

test("what status says is wrong is wrong here too, with the command as the fix", async () => {
  const problems = ["the daemon does not run: stockade start", "/var/log/x: cannot be read"];
  const found = await examine(world.machine({ problems }));
  expect(found.filter(({ check }) => check === "status")).toEqual([
    { check: "status", state: "wrong", text: "the daemon does not run", fix: "stockade start" },
    { check: "status", state: "wrong", text: "/var/log/x: cannot be read", fix: "stockade status" },
  ]);
  const others = ["ipset does not work: x (y)", "the disk of /var/log/stockade is full: make room"];
  const wordy = await examine(world.machine({ problems: others }));
  expect(wordy.filter(({ check }) => check === "status").map(({ fix }) => fix)).toEqual([
    expect.stringMatching(/^apt-get install ipset; /),
    expect.stringMatching(/^du -xh \/var\/log\/stockade \|/),
  ]);
});

test("each log with its lines, those that were parsed and those that were not", async () => {
  const silent = {
    name: "/var/log/app.log",
    state: "following",
    lines: 9,
    cut: 0,
    silentFor: 60_000,
  } as const;
  const sources = [...daemonStatus().sources, silent];
  const found = await examine(world.machine({ daemon: daemonStatus({ sources }) }));
  expect(found.filter(({ check }) => check === "logs")).toMatchObject([
    { state: "ok", text: "/var/log/auth.log: 1000 lines, 990 parsed, 10 not, the last 0 s ago" },
    { state: "wrong", text: expect.stringContaining("never was silent for so long") },
  ]);
});

test("a program that is missing hides nothing, and text from outside is printable", async () => {
  world.without("/bin");
  world.program("postqueue", queue("\u001b[2J no"));
  const page = doctorPage(await examine(world.machine())).join("\n");
  expect(page).toContain("\\x1b[2J");
  expect(page).not.toContain("\u001b");
  expect(page).toContain("iptables is not there");
});
