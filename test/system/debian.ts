import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guessPasswords, probe, scan } from "./attacks.ts";
import { commandClaims } from "./commands.ts";
import { confirmClaims } from "./confirm.ts";
import { explainFailures } from "./diagnosis.ts";
import { forgeryClaims } from "./forgery.ts";
import { addresses, on, type Suite } from "./hosts.ts";
import { integrityClaims } from "./integrity.ts";
import { mailsIn } from "./mails.ts";
import { manualClaims } from "./manual.ts";
import { packetFilterClaims, rebootClaims } from "./packet-filter.ts";
import { exposureClaims, privilegeClaims } from "./privileges.ts";
import { actionsOn, alerts, read, untilBoth } from "./records.ts";
import { recoveryClaims } from "./recovery.ts";
import { autoremoveClaims, removalClaims, type Snapshot, takeSnapshot } from "./removal.ts";
import { rulesUpdateClaims } from "./rules-update.ts";
import { doctorClaims, runUnit, selftestClaims, wholeSelftest } from "./selftest.ts";
import { adminEmail, buildSite, endSite, reach, type Site } from "./site.ts";
import { stage, until } from "./until.ts";
import { dryRunOnFresh, rerunClaims, upgradeClaims } from "./upgrade.ts";
import { watchdogClaims } from "./watchdog.ts";
import { webServerClaims } from "./web-server.ts";

const { scanner, prober, guesser, client } = addresses;
const blockSeconds = 20;

/** All that a server with systemd has to show. The two Debians share the work where one of them is proof enough. */
export function debianClaims(suite: Suite): void {
  describe(`on Debian ${suite}`, () => claims(suite));
}

function claims(suite: Suite): void {
  let site: Site;
  let clientScan: ReturnType<typeof scan>;
  let fresh: Snapshot;

  beforeAll(async () => {
    const before = async () => {
      if (suite === "bookworm") await installOthers();
      fresh = await takeSnapshot();
    };
    site = await buildSite({
      suite,
      kind: "systemd",
      credentials: true,
      before,
      ready: () => stage("dry run", dryRunOnFresh),
    });
    await shortenBlocks();
  });
  afterAll(endSite);
  explainFailures();

  test("says by mail that it has started", async () => {
    const mail = await mailWith(/^Rule: 502 fired \(level 3\) -> ".+"$/m);
    expect(mail.headers.get("from")).toContain("@mail.example.com");
    expect(mail.headers.get("x-envelope-to")).toBe(adminEmail);
  });

  test("a scan from outside ends in a mail and a block", async () => {
    const running = scan("attacker");
    const adds = await stage("scan → block", () => untilBoth("add", scanner, 120));
    expect(adds.map(({ rule }) => rule)).toSatisfy((rules) => rules.every(isTier));

    expect(await reach(scanner, 22)).toBe("silent");
    expect(await reach(client, 22)).toBe("open");
    expect(await read("/etc/hosts.deny")).toContain(scanner);
    expect(await on("server", "stockade", "bans")).toContain(scanner);
    running.kill();
    const why = await on("server", "stockade", "why", scanner);
    expect(why).toMatch(/^ {2}\/var\/log\/suricata\/fast\.log, byte \d+\n {4}\S+ +\[\*\*\] /m);
    expect(why).toMatch(
      /^ {2}firewall-drop of \S+, by rule 3000\d\d.*; the kernel has it\s+for \d+ s/m,
    );
    expect(why).toMatch(/^ {2}host-deny of \S+, by rule 3000\d\d.*; \/etc\/hosts\.deny has it/m);
    expect(why).toMatch(/^ {2}verdict attacked-by: /m);

    const mail = await stage("block → mail", () => mailWith(/^Src IP: 192\.0\.2\.241$/m));
    expect(mail.subject).toMatch(/my-cool-server.*(level|Alert level) \d+.*Suricata/i);
    expect(mail.headers.get("from")).toContain("@mail.example.com");
    expect(mail.headers.get("x-envelope-to")).toBe(adminEmail);
    expect(mail.body).toMatch(/^Received From: my-cool-server->\/var\/log\/suricata\/fast\.log$/m);
    expect(mail.body).toMatch(/^Rule: 3000\d\d fired \(level \d+\) -> ".*Suricata.*"$/m);
    expect(mail.body).toMatch(/^Dst IP: 198\.51\.100\.44$/m);
    expect(mail.body).toMatch(/^Portion of the log\(s\):\n\n.*\[\*\*\].*192\.0\.2\.241/m);
    expect(mail.body).toMatch(/^ --END OF NOTIFICATION$/m);
  });

  test("alerts.log has the records, in OSSEC's format", async () => {
    const record = (await alerts()).find((text) => text.includes(`Src IP: ${scanner}`)) ?? "";
    expect(record).toMatch(
      /^\*\* Alert \d+\.\d+:.* - .+\n\d{4} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d my-cool-server->\/var\/log\/suricata\/fast\.log\nRule: 3000\d\d \(level \d+\) -> '.+'\nSrc IP: 192\.0\.2\.241\n/,
    );
  });

  test("the block ends by itself", async () => {
    // Meanwhile, for the next test.
    clientScan = scan("client");
    await stage("block → its end", () => untilBoth("delete", scanner, blockSeconds + 20));
    expect(await read("/etc/hosts.deny")).not.toContain(scanner);
    await until(
      "the attacker's packets pass again",
      10,
      async () => (await reach(scanner, 22)) === "open",
    );
  });

  test("the admin's own address is on the white list: the same scan, alerts, no block", async () => {
    await stage("the rest of the client's scan", () => clientScan);
    await until("the alerts name the client", 20, async () =>
      (await alerts()).some(
        (text) => /^Rule: 3000\d\d \(level (9|1\d)\)/m.test(text) && text.includes(client),
      ),
    );
    // What comes after the client's alerts is answered with a block: so they have been judged too.
    await probe(prober);
    await stage("probe → block", () => untilBoth("add", prober, 30));
    expect(await actionsOn(client)).toEqual([]);
    expect(await read("/etc/hosts.deny")).not.toContain(client);
    expect(await reach(client, 22)).toBe("open");
  });

  test("`stockade unban` lifts a block at once", async () => {
    expect(await reach(prober, 22)).toBe("silent");
    await on("server", "stockade", "unban", prober);
    expect(await reach(prober, 22)).toBe("open");
    expect(await read("/etc/hosts.deny")).not.toContain(prober);
    expect(await on("server", "stockade", "bans")).not.toContain(prober);
  });

  test("`stockade ban` keeps a network out, and never the admin", async () => {
    expect(await reach(prober, 22)).toBe("open");
    const network = `${prober}/31`;
    await on("server", "stockade", "ban", network, "--for", "5m", "--why", "a test");
    expect(await reach(prober, 22)).toBe("silent");
    await on("server", "stockade", "unban", network);
    expect(await reach(prober, 22)).toBe("open");
    await expect(on("server", "stockade", "ban", client)).rejects.toThrow("white list");
  });

  test(`wrong passwords at sshd lead to a block, read from ${logOf(suite)}`, async () => {
    expect((await read("/var/log/auth.log")) !== "").toBe(suite === "bookworm");
    // Once blocked, its connections hang; it ends with the hosts.
    void guessPasswords(guesser);
    const [add] = await stage("wrong passwords → block", () => untilBoth("add", guesser, 30));
    expect(add?.rule).not.toMatch(/^3000/);
    const place = suite === "bookworm" ? /auth\.log, byte \d+/ : /journalctl -n 1 --cursor/;
    expect(await on("server", "stockade", "why", guesser)).toMatch(place);
  });

  integrityClaims(() => site.mailFolder);
  exposureClaims();
  if (suite === "trixie") {
    privilegeClaims();
    forgeryClaims();
    commandClaims();
    recoveryClaims();
    confirmClaims();
    selftestClaims(wholeSelftest, runUnit);
    manualClaims();
  } else {
    watchdogClaims();
    webServerClaims();
    doctorClaims();
    rulesUpdateClaims();
  }
  packetFilterClaims(suite);
  if (suite === "trixie") {
    upgradeClaims();
    rerunClaims();
    rebootClaims();
  }
  removalClaims(() => fresh);
  if (suite === "trixie") autoremoveClaims(() => fresh);

  async function mailWith(pattern: RegExp) {
    return await until(`a mail has ${pattern}`, 90, async () =>
      (await mailsIn(site.mailFolder)).find(({ body }) => pattern.test(body)),
    );
  }
}

function isTier(rule: string): boolean {
  return /^3000[01][1-5]$/.test(rule);
}

function logOf(suite: Suite): string {
  return suite === "bookworm" ? "auth.log" : "the journal, where there is no auth.log";
}

/** Debian 12 and 13 keep the journal only, unless the admin wants files. And here the admin had a Postfix of his own. */
async function installOthers(): Promise<void> {
  const install = "apt-get -qq install --yes --no-install-recommends rsyslog postfix";
  await on(
    "server",
    "bash",
    "-ec",
    `apt-get -qq update; DEBIAN_FRONTEND=noninteractive ${install}`,
  );
  await on("server", "postconf", "-e", "relayhost=[mail.example.org]:25", "mynetworks=127.0.0.0/8");
}

/** So that a test can wait for the end of a block, and for each mail. */
async function shortenBlocks(): Promise<void> {
  const timeout = `s#<timeout>300</timeout>#<timeout>${blockSeconds}</timeout>#`;
  const mails = "s#<email_maxperhour>6<#<email_maxperhour>60<#";
  const edits = ["-e", timeout, "-e", mails];
  await on("server", "sed", "--in-place", ...edits, "/etc/stockade/stockade.conf");
  await on("server", "stockade", "reload");
}
