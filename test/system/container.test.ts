import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scan } from "./attacks.ts";
import { explainFailures } from "./diagnosis.ts";
import { addresses, on, tryOn } from "./hosts.ts";
import { mailsOfMbox } from "./mails.ts";
import { pidsOf, read, untilBoth } from "./records.ts";
import { selftestClaims } from "./selftest.ts";
import { buildSite, endSite, reach, type Site } from "./site.ts";
import { stage, until } from "./until.ts";

const { scanner } = addresses;

describe("on a machine without systemd and without an account at a relay", () => {
  let site: Site;

  beforeAll(async () => {
    site = await buildSite({
      suite: "trixie",
      kind: "container",
      credentials: false,
      builds: true,
    });
  });
  afterAll(endSite);
  explainFailures();

  test("there is no systemd, and the installer ends with the status", async () => {
    expect((await tryOn("server", "test", "-e", "/run/systemd/system")).exitCode).not.toBe(0);
    expect(site.installed).toMatch(/^protects$/m);
    expect((await tryOn("server", "stockade", "status")).exitCode).toBe(0);
  });

  test("a scan ends in a block and a mail to root's local mailbox", async () => {
    expect(await reach(scanner, 80)).toBe("open");
    const running = scan("attacker");
    await stage("scan → block", () => untilBoth("add", scanner, 120));
    expect(await reach(scanner, 80)).toBe("silent");
    running.kill();
    const mail = await until("root has the mail", 60, async () =>
      mailsOfMbox(await read("/var/mail/root")).find(({ body }) => body.includes(scanner)),
    );
    expect(mail.body).toMatch(/^Rule: 3000\d\d fired \(level \d+\) -> ".+"$/m);
    expect(mail.body).toMatch(/^Src IP: 192\.0\.2\.241$/m);
    await on("server", "stockade", "unban", scanner);
    expect(await reach(scanner, 80)).toBe("open");
  });

  selftestClaims(["block", "arena", "scan: signature", "scan: dropped", "scan: passes", "mail"]);

  test("the supervisor brings back a daemon that was killed", async () => {
    const killed = await pidsOf("stockaded.mjs");
    await on("server", "kill", "-KILL", ...killed);
    await until("the daemon runs again", 2, async () =>
      (await pidsOf("stockaded.mjs")).some((pid) => !killed.includes(pid)),
    );
  });
});
