import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailures } from "./diagnosis.ts";
import { addresses, on, tryOn, write } from "./hosts.ts";
import { mailsIn } from "./mails.ts";
import { alerts, read } from "./records.ts";
import { rulesUpdateClaims } from "./rules-update.ts";
import { buildSite, endSite, type Site } from "./site.ts";
import { account } from "./stand-ins.ts";
import { stage, until } from "./until.ts";
import {
  expectBlock,
  fullDisks,
  install,
  journal,
  ownClock,
  readOnlyEtc,
  roomAgain,
  setClock,
  shell,
  status,
  trueClock,
  untilWell,
  whileGuessing,
  writableEtc,
} from "./worlds.ts";

const wrongPassword = "not-the-password";
const gateway = "via 198.51.100.1 dev";

/** In each of these worlds a person reads what is wrong and what to do, and all else works. */
describe("in a broken world", () => {
  let site: Site;
  const refused: Record<string, Awaited<ReturnType<typeof install>>> = {};

  beforeAll(async () => {
    site = await buildSite({
      suite: "trixie",
      kind: "systemd",
      credentials: true,
      fewRules: true,
      ready,
    });
  });
  afterAll(endSite);
  explainFailures();

  async function ready(): Promise<void> {
    await shell("ip route del default");
    refused["no internet"] = await stage("install: no internet", install);
    await shell(`ip route add default ${gateway} eth0 onlink`);
    await readOnlyEtc();
    refused["read-only /etc"] = await stage("install: read-only /etc", install);
    await writableEtc();
    // And now the one that is to succeed, with port 587 closed, no IPv6 and a wrong password.
    await on("relay", "iptables", "-I", "INPUT", "-p", "tcp", "--dport", "587", "-j", "DROP");
    await shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
    const answers = await read("/root/answers");
    await write("/root/answers", `${answers.replace(account.password, wrongPassword)}\n`);
  }

  test("no internet: it says so, and nothing is half done", async () => {
    const { exitCode, stderr } = refused["no internet"] ?? {};
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^install: Debian's packages cannot be fetched: .+\nhint: this server does not reach/m,
    );
  });

  test("a read-only /etc: it says so before anything is done", async () => {
    const { exitCode, stderr } = refused["read-only /etc"] ?? {};
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^install: \/etc cannot be written: Read-only file system\nhint: nothing was changed/m,
    );
  });

  test("port 587 closed, a wrong password, no IPv6: all else is installed, and it is told", async () => {
    expect(site.installed).toMatch(/^smtp\.mailgun\.org:587 does not answer: /m);
    expect(site.installed).toMatch(
      /- mail does not leave this server: \[smtp\.mailgun\.org\]:2525 refuses the user name or the password \(535/,
    );
    expect(site.installed).toContain("sudo stockade mail relay --password-file FILE");
    expect(site.installed).toMatch(/- stockade status: everything runs/);
    expect(site.installed).toMatch(/- a block of \S+ was placed/);
    const told = await tryOn("server", "stockade", "mail", "test", "--for", "20s");
    expect(told.exitCode).toBe(1);
    expect(told.stdout).toMatch(
      /535.*\n.*refuses the user name or the password\n.*fix: .*--password-file/,
    );
    await on("server", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=0");
  });

  test("the right password brings the mail that waited; another closed port has its one command", async () => {
    await write("/root/password", `${account.password}\n`);
    const said = await on(
      "server",
      "stockade",
      "mail",
      "relay",
      "--password-file",
      "/root/password",
    );
    expect(said).toMatch(
      /^smtp\.mailgun\.org:2525 works: encrypted, certificate NOT verified, login accepted$/m,
    );
    await until("the mail of the start has come", 60, async () =>
      (await mailsIn(site.mailFolder)).some(({ body }) => body.includes("Rule: 502 ")),
    );
    const reset = ["-p", "tcp", "--dport", "2525", "-j", "REJECT", "--reject-with", "tcp-reset"];
    await on("relay", "iptables", "-I", "INPUT", ...reset);
    const found = await tryOn("server", "stockade", "mail", "relay");
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toContain(
      "port 2525 is closed on the way to smtp.mailgun.org, port 465 works",
    );
    const [, fix = ""] = /^fix: sudo (.*)$/m.exec(found.stdout) ?? [];
    expect(fix).toBe("stockade mail relay --use smtp.mailgun.org:465");
    await on("server", ...fix.split(" "));
    expect(await on("server", "stockade", "mail", "test")).toMatch(
      /status=sent by smtp\.mailgun\.org\[\S+\]:465/,
    );
  });

  test("no password is in a log or a list of processes", async () => {
    const found = await tryOn(
      "server",
      "grep",
      "-rlF",
      "-e",
      wrongPassword,
      "-e",
      account.password,
      "/var/log",
      "/etc/stockade",
      "/var/lib/stockade",
    );
    expect(found.stdout).toBe("");
  });

  rulesUpdateClaims();

  test("a rule server that answers 404: the rules of before stay, and it is told", async () => {
    const before = await read("/etc/stockade/install.answers");
    const none = `http://${addresses.relay}/none.tar.gz`;
    await write(
      "/etc/stockade/install.answers",
      `${before.replace(/^RULES_URL=.*$/m, `RULES_URL=${none}`)}\n`,
    );
    const said = await stage("update-rules: 404", () =>
      on("server", "/usr/lib/stockade/update-rules"),
    );
    expect(said).toContain(`no rules could be fetched: ${none} says HTTP Error 404: `);
    expect(said).toMatch(/; those of \S+ stay in use$/m);
    await write("/etc/stockade/install.answers", `${before}\n`);
    await untilWell();
  });

  test("no ipset and no packet filter for IPv6: IPv4 is blocked rule by rule, until ipset is back", async () => {
    await shell(`mv /usr/sbin/ipset /usr/sbin/ip6tables /root
      printf '#!/bin/sh\necho "ip6tables: Address family not supported by protocol" >&2; exit 3' > /usr/sbin/ip6tables
      chmod 755 /usr/sbin/ip6tables; systemctl restart stockade-respond`);
    await until("status names ipset", 30, async () =>
      (await status()).text.includes("ipset does not work"),
    );
    await expectBlock(addresses.guesser);
    expect(await shell("iptables -S STOCKADE")).toContain(`-s ${addresses.guesser}/32 `);
    expect((await status()).text).toMatch(
      /! firewall-drop cannot work for IPv6, .*Address family not supported/,
    );
    // A reload compares at once what is else compared every 30 seconds.
    await shell("mv /root/ipset /root/ip6tables /usr/sbin; stockade reload");
    await stage("ipset works again", untilWell);
    expect(await on("server", "ipset", "list", "stockade4")).toContain(addresses.guesser);
  });

  test("full disks: nobody crashes, attackers are blocked, it is told once, and all is written when there is room", async () => {
    await fullDisks();
    expect((await status()).text).toMatch(
      /! the disk of \/var\/lib\/stockade is full: .*make room$/m,
    );
    await expectBlock(addresses.first);
    await shell("systemctl kill --signal=KILL stockaded stockade-respond");
    await until("both run again", 30, async () => /responder +running/.test((await status()).text));
    await expectBlock(addresses.second);
    expect(await on("server", "stockade", "bans")).toContain(addresses.first);
    const mails = await until("it is mailed", 60, async () => {
      const about = (await mailsIn(site.mailFolder)).filter(({ body }) =>
        body.includes("Rule: 309008 "),
      );
      return about.length > 0 && about;
    });
    expect(mails.length).toBeLessThanOrEqual(2);
    await roomAgain();
    await stage("room again", untilWell);
    await until("the alerts are on disk", 15, async () =>
      (await alerts()).some(
        (text) => text.includes("Rule: 5712 ") && text.includes(addresses.second),
      ),
    );
  });

  test("a read-only /etc: attackers are blocked, and a change that could not be undone is refused", async () => {
    await readOnlyEtc();
    try {
      const { exitCode, stderr } = await tryOn("server", "stockade", "reload", "--confirm", "5m");
      expect(exitCode).toBe(69);
      expect(stderr).toMatch(
        /could not come back: .*read-only file system.*\nhint: make it writable/i,
      );
      await expectBlock(addresses.formGuesser);
    } finally {
      await writableEtc();
    }
    await untilWell();
  });

  test("the device has another name: status says so until Suricata is started anew", async () => {
    await shell(`ip link set eth0 down; ip link set eth0 name ens9; ip link set ens9 up
      ip route add default ${gateway} ens9 onlink`);
    const { text, isWell } = await status();
    expect(isWell).toBe(false);
    expect(text).toContain(
      "! Suricata watches eth0, the default route is by ens9: systemctl restart suricata",
    );
    await expectBlock(addresses.forger);
    await on("server", "systemctl", "restart", "suricata");
    await untilWell();
  });

  test("a clock two hours off: blocks keep their length, who is blocked is never wrong, and it is told", async () => {
    await ownClock();
    await on("server", "stockade", "ban", "192.0.2.100", "--for", "1h");
    await setClock("+2h");
    // To this clock the journal's lines are two hours old.
    await whileGuessing(addresses.scanner, "old lines → told", () =>
      until("it is told that nobody is blocked", 60, async () =>
        (await alerts()).some((text) => text.includes("Rule: 309018 ")),
      ),
    );
    expect(await on("server", "stockade", "bans")).not.toContain(addresses.scanner);
    await on("server", "stockade", "reload");
    await until("the jump is noticed", 60, async () =>
      (await journal()).includes("the clock was set by 7200 s, blocks keep their length"),
    );
    const sets = await on("server", "ipset", "list", "stockade4");
    const [, left = ""] = /^192\.0\.2\.100 timeout (\d+)/m.exec(sets) ?? [];
    expect(Number(left)).toSatisfy((seconds: number) => seconds > 3000 && seconds <= 3600);
    await setClock("-2h");
    // And now they are of the future: the time of arrival counts.
    await expectBlock(addresses.prober);
    await trueClock();
  });

  test("two installations at once: one works, the other says so; blocks stay", async () => {
    await on("server", "stockade", "ban", "192.0.2.101", "--for", "1h");
    const runs = await stage("two installations", () => Promise.all([install(), install()]));
    const [first, second] = runs.toSorted((a, b) => (a.exitCode ?? 0) - (b.exitCode ?? 0));
    expect(first?.exitCode).toBe(0);
    expect(second?.exitCode).toBe(1);
    expect(second?.stderr).toMatch(
      /^install: another installation is running on this server\nhint: wait for its end/m,
    );
    expect(await on("server", "stockade", "bans")).toContain("192.0.2.101");
    await untilWell();
  });
});
