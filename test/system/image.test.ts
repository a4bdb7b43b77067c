import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainFailures } from "./diagnosis.ts";
import { add, addresses, halt, on, type Server, tryOn, write } from "./hosts.ts";
import { mailsIn } from "./mails.ts";
import { buildSite, endSite, reach, type Site } from "./site.ts";
import { stage, until } from "./until.ts";

const { scanner } = addresses;
const instances = [
  ["server2", "198.51.100.45", "my-cool-server-2"],
  ["server3", "198.51.100.46", "my-cool-server-3"],
  ["server4", "198.51.100.47", "my-cool-server-4"],
] as const;

describe("an image that was baked once and started three times", () => {
  let site: Site;
  let baker: string;
  let said: string;
  let mailsBefore: number;

  beforeAll(async () => {
    site = await buildSite({ suite: "trixie", kind: "systemd", credentials: true, fewRules: true });
    baker = await idOf("server");
    await write("/etc/systemd/system/first-setup.service", firstSetup);
    await on("server", "systemctl", "enable", "first-setup");
    await on("server", "stockade", "ban", scanner, "--for", "1h");
    await expect(on("server", "stockade", "bake")).rejects.toThrow("this throws away alerts");
    said = await stage("bake", () => on("server", "stockade", "bake", "--yes"));
    await on("server", "truncate", "--size", "0", "/etc/machine-id");
    await stage("off", () => halt("server"));
    mailsBefore = (await readdir(site.mailFolder)).length;
    await stage("three servers", () =>
      Promise.all(instances.map(([server]) => add(server, "server"))),
    );
  });
  afterAll(endSite);
  explainFailures(instances.map(([server]) => server));

  test("says what the image has, and what is not Stockade's to remove", () => {
    expect(said).toMatch(/^kept {5}the account of the relay/m);
    expect(said).toMatch(/^sealed /m);
    expect(said).toMatch(/^ {2}truncate -s 0 \/etc\/machine-id$/m);
  });

  test("each has an identity, and they protect", async () => {
    await stage("boot → all protect", () =>
      Promise.all(
        instances.map(([server]) =>
          until(`${server} protects`, 60, async () => {
            const { exitCode } = await tryOn(server, "stockade", "status");
            return exitCode === 0;
          }),
        ),
      ),
    );
    const ids = await Promise.all(instances.map(([server]) => idOf(server)));
    expect(new Set([baker, ...ids]).size).toBe(4);
    await Promise.all(
      instances.map(([server]) =>
        // What is slow on a busy machine is asked again.
        until(`the doctor finds nothing wrong with ${server}`, 60, async () => {
          expect(await wrongOn(server)).toEqual([]);
          return true;
        }),
      ),
    );
  });

  test("each says in its mails which one it is; only those of a start come", async () => {
    for (const [server, , name] of instances) {
      const id = await idOf(server);
      const mail = await until(`${server} has mailed`, 60, async () =>
        (await mailsIn(site.mailFolder)).find(
          ({ headers }) => headers.get("x-stockade-server") === id,
        ),
      );
      expect(mail.subject).toContain(name);
      expect(mail.headers.get("received")).toContain(name);
      expect(await on(server, "postconf", "-h", "myhostname")).toBe(name);
      const { daemon } = JSON.parse(await on(server, "stockade", "status", "--json"));
      expect(daemon.mails).toBeLessThan(4);
    }
    const mails = (await mailsIn(site.mailFolder)).slice(mailsBefore);
    expect(mails.map(({ headers }) => headers.get("x-stockade-server"))).not.toContain(baker);
  });

  test("nothing of the server that was baked is left, and each watches its own addresses", async () => {
    for (const [server, address] of instances) {
      expect((await tryOn(server, "grep", "-r", scanner, "/var/log/stockade")).stdout).toBe("");
      expect(await on(server, "stockade", "bans")).toBe("nobody is blocked");
      expect(await reach(scanner, 22, address)).toBe("open");
      expect(await on(server, "cat", "/etc/hosts.deny")).not.toContain(scanner);
      const network = await on(server, "cat", "/var/lib/stockade/suricata/network.yaml");
      expect(network).toContain(`HOME_NET: "[${address},`);
    }
  });

  test("what a server becomes at its first start is no change of its files, what follows is", async () => {
    for (const [server] of instances) {
      // What is new while it learns is learned.
      await until(`${server} has learned and watches its files`, 120, async () => {
        const said = await tryOn(server, "stockade", "integrity", "status", "--json");
        const { realtime, scanning, last } = JSON.parse(said.stdout);
        return realtime.problem === undefined && !scanning && last !== undefined;
      });
      await on(server, "touch", "/usr/bin/new");
    }
    for (const [server] of instances) {
      const told = await until(`${server} tells of a new file`, 20, async () => {
        const { stdout } = await tryOn(server, "grep", "-hE", byIntegrity, alertsLog);
        return stdout.includes("/usr/bin/new") && stdout;
      });
      expect(told.split("\n")).toEqual(["New file '/usr/bin/new' added to the file system."]);
    }
  });

  test("what one of them blocks, the others do not", async () => {
    const [[server, address], ...others] = instances;
    await on(server, "stockade", "ban", scanner, "--for", "1h");
    expect(await reach(scanner, 22, address)).toBe("silent");
    for (const [, other] of others) expect(await reach(scanner, 22, other)).toBe("open");
  });
});

/** As cloud-init: what makes one server of an image comes late. */
const firstSetup = `[Unit]
Before=stockade-integrity.service
[Service]
ExecStartPre=/bin/sh -c 'mkdir -p /run/cloud-init; touch /run/cloud-init/enabled'
ExecStart=/bin/sh -c 'sleep 8; rm /etc/ssh/ssh_host_*; ssh-keygen -A; useradd ana; echo "127.0.1.1 web" >> /etc/hosts; touch /run/cloud-init/result.json'
[Install]
WantedBy=multi-user.target
`;
const alertsLog = "/var/log/stockade/alerts/alerts.log";
const byIntegrity = "^(New file|File '|Integrity checksum|opened:|closed:|[0-9]+ files? changed)";

async function idOf(server: Server): Promise<string> {
  const { stdout } = await tryOn(server, "stockade", "status", "--json");
  const { id } = JSON.parse(stdout).server;
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  return id;
}

/** What is wrong with Stockade itself: the machine that lends its disks and memory may be full, and has the clock. */
async function wrongOn(server: Server): Promise<unknown[]> {
  const { stdout } = await tryOn(server, "stockade", "doctor", "--json");
  const { findings }: { findings: { state: string; check: string }[] } = JSON.parse(stdout);
  return findings.filter(
    ({ state, check }) => state === "wrong" && !["disk", "memory", "clock"].includes(check),
  );
}
