import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { explainFailures } from "./diagnosis.ts";
import { add, addresses, on, put, type Server, start, stateFolder, tryOn, up } from "./hosts.ts";
import { pidsOf } from "./records.ts";
import { endSite } from "./site.ts";
import { account, bundledRules, startRelay, startRulesMirror } from "./stand-ins.ts";
import { stage, until } from "./until.ts";

const ansible = fileURLToPath(new URL("../../installer/ansible", import.meta.url));
const folder = join(stateFolder, "fleet");
const settings = "/etc/stockade/stockade.conf";
const level = (of: number) => `    <email_alert_level>${of}</email_alert_level>`;
const servers = ["server", "server2", "server3"] as const satisfies Server[];

/** Three servers, one of them with Debian 12, and Debian's own Ansible on the admin's machine. */
describe("a fleet, by the Ansible role", () => {
  let chat: ReturnType<typeof start>;
  let told = "";

  beforeAll(async () => {
    await stage("boot three", async () => {
      await up("trixie", "systemd");
      await Promise.all([add("server2", "trixie"), add("server3", "bookworm")]);
    });
    await startRelay();
    chat = start("client", process.execPath, fileURLToPath(import.meta.resolve("./chat.ts")));
    chat.catch(() => "it ends with the hosts");
    chat.stdout.on("data", (chunk) => {
      told += String(chunk);
    });
    await stage("keys, Python", prepare);
  });
  afterAll(endSite);
  explainFailures(servers);

  test("check mode on fresh servers says what it would do, and changes nothing", async () => {
    const said = await stage("check", () => play(["--check", "--diff", "--limit", "server3"]));
    expect(said).toMatch(/would install \S+\.deb.*found: nothing/);
    expect((await tryOn("server3", "test", "-e", "/etc/stockade")).exitCode).toBe(1);
    expect(await on("server3", "ls", "/etc/apt/sources.list.d", "/var/tmp")).not.toContain(
      "stockade",
    );
  });

  test("one run, and all of them protect", async () => {
    const said = await stage("install on three", () => play([]));
    for (const server of servers) {
      expect(await on(server, "stockade", "status")).toMatch(/^stockade protects this server$/m);
      expect(await on(server, "postconf", "-h", "relayhost", "inet_interfaces")).toBe(
        "[smtp.mailgun.org]:587\nloopback-only",
      );
    }
    expect(said).toMatch(/a test mail to admin@example\.net was delivered/);
    await passwordIsNowhere(said);
  });

  test("the second run changes nothing", async () => {
    const said = await stage("again", () => play([]));
    expect(changesIn(said)).toEqual({ server: 0, server2: 0, server3: 0 });
  });

  test("a variable that changes changes just that; a mistake changes nothing", async () => {
    const before = await pidsOf("stockaded.mjs");
    // server2 gets what is no setting.
    const wrong = "{{ '<oops/>' if inventory_hostname == 'server2' else '' }}";
    const changed = { stockade_email_level: 8, stockade_more_settings: wrong };
    const more = ["--diff", "--limit", "server,server2", "-e", JSON.stringify(changed)];
    const { stdout, exitCode } = await stage("one variable", () => tryPlay(more));
    // The settings, and that they are in force.
    expect(changesIn(stdout)).toEqual({ server: 2, server2: 0 });
    expect([exitCode, stdout]).toEqual([2, expect.stringContaining("<oops>")]);
    expect(await on("server", "grep", "email_alert_level", settings)).toContain(">8<");
    expect(await on("server2", "grep", "email_alert_level", settings)).toContain(">9<");
    const lines = stdout.split("\n").filter((line) => /^[-+] /.test(line));
    expect(new Set(lines)).toEqual(new Set([`-${level(9)}`, `+${level(8)}`]));
    expect(await pidsOf("stockaded.mjs")).toEqual(before);
  });

  test("a rule to alert on is told in the chat, though its level is low", async () => {
    const guess = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"];
    const nobody = [`ghost@${addresses.server}`, "-o", "UserKnownHostsFile=/dev/null"];
    await tryOn("attacker", ...guess, ...nobody, "true");
    const message = await until(
      "the chat has it",
      20,
      async () => /^{.*rule 5710.*$/m.exec(told)?.[0],
    );
    const { text } = JSON.parse(message);
    expect(text).toMatch(
      /^\*my-cool-server\* rule 5710 \(level 5\): sshd: .*\n.*source 192\.0\.2\.241/,
    );
    expect(text).toMatch(/```.*user ghost from 192\.0\.2\.241.*```$/);
  });

  test("absent and purged, with the proof that nothing is left", async () => {
    const gone = ["--limit", "server2", "-e", '{"stockade_state":"absent","stockade_purge":true}'];
    await stage("remove", () => play(gone));
    expect((await tryOn("server2", "dpkg", "--status", "stockade")).exitCode).toBe(1);
    expect((await tryOn("server2", "find", "/etc", "-name", "*stockade*")).stdout).toBe("");
  });
});

/** Debian's image for clouds has Python; ours has not. */
async function prepare(): Promise<void> {
  const key = join(folder, "key");
  await mkdir(folder);
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const python =
    "apt-get -qq update; apt-get -qq install --yes --no-install-recommends python3 python3-apt";
  const [rules] = await Promise.all([
    startRulesMirror(bundledRules),
    ...servers.map(async (server) => {
      await put(`${key}.pub`, "/root/.ssh/authorized_keys", server);
      await on(server, "bash", "-ec", `${python} > /dev/null`);
    }),
  ]);
  await writeFile(join(folder, "inventory.ini"), inventory(key));
  await writeFile(join(folder, "site.yml"), "- hosts: stockade\n  roles: [stockade]\n");
  const variables = {
    stockade_package: inject("package"),
    stockade_suricata_rules_url: rules,
    stockade_email_to: ["admin@example.net"],
    stockade_relay_user: account.user,
    stockade_relay_password: account.password,
    stockade_white_list: [addresses.client],
    stockade_alert_rules: [5710],
    stockade_chat_url: `http://${addresses.client}:8065/hooks/secret`,
  };
  await writeFile(join(folder, "variables.json"), JSON.stringify(variables), { mode: 0o600 });
}

function inventory(key: string): string {
  const options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
  return [
    "[stockade]",
    ...servers.map((server, index) => `${server} ansible_host=198.51.100.${44 + index}`),
    "[stockade:vars]",
    "ansible_user=root",
    `ansible_ssh_private_key_file=${key}`,
    `ansible_ssh_common_args='${options}'`,
    "",
  ].join("\n");
}

async function play(more: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await tryPlay(more);
  expect(exitCode, stdout).toBe(0);
  return stdout;
}

async function tryPlay(more: readonly string[]) {
  const environment = [
    `ANSIBLE_ROLES_PATH=${ansible}/roles`,
    `ANSIBLE_CONFIG=${folder}/ansible.cfg`,
    "ANSIBLE_PIPELINING=1",
    "ANSIBLE_NOCOWS=1",
    `ANSIBLE_LOCAL_TEMP=${folder}/tmp`,
  ];
  const given = ["-i", `${folder}/inventory.ini`, "-e", `@${folder}/variables.json`];
  return await tryOn(
    "client",
    ...["env", ...environment, "ansible-playbook", ...given, `${folder}/site.yml`, ...more],
  );
}

/** How much Ansible says it has changed on each server. */
function changesIn(said: string): Record<string, number> {
  const rows = said.matchAll(/^(server\d?) +: ok=\d+ +changed=(\d+) /gm);
  return Object.fromEntries([...rows].map(([, server, count]) => [server, Number(count)]));
}

async function passwordIsNowhere(said: string): Promise<void> {
  expect(said).not.toContain(account.password);
  expect(said).not.toContain("/hooks/secret");
  const places = ["/etc", "/var/log", "/var/lib", "/var/tmp", "/tmp", "/root"];
  const search = ["grep", "-rlF", "--exclude-dir=journal", account.password, ...places];
  expect((await tryOn("server", ...search)).stdout).toBe("/etc/postfix/sasl_passwd");
}
