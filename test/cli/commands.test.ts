import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
const at = (path: string) => join(scratch.root, path);

beforeEach(() => {
  scratch = openScratch();
  mkdirSync(at("etc/stockade/active-response/bin"), { recursive: true });
  scratch.rule(
    '<group name="local,"><rule id="100001" level="10"><if_sid>5716</if_sid><description>d</description></rule></group>',
  );
});
afterEach(async () => {
  await scratch.cli(["stop"]);
  await scratch.remove();
});

const settings = `
<command><name>page</name><executable>page.sh</executable><expect>srcip</expect><timeout_allowed>yes</timeout_allowed></command>
<active-response><command>page</command><level>10</level><timeout>600</timeout></active-response>
<active-response><command>disable-account</command><rules_id>100001</rules_id><timeout>3</timeout></active-response>`;

function prepare(): void {
  const script = `#!/bin/sh\necho "$*" >> ${at("told")}\n`;
  writeFileSync(at("etc/stockade/active-response/bin/page.sh"), script);
  chmodSync(at("etc/stockade/active-response/bin/page.sh"), 0o755);
  writeFileSync(at("etc/passwd"), "bob:x:1001:1001::/home/bob:/bin/sh\n");
  writeFileSync(at("etc/shadow"), "bob:$6$a$b:20000:0:99999:7:::\n", { mode: 0o640 });
  writeFileSync(at("etc/group"), "bob:x:1001:\n");
  writeFileSync(scratch.log, "");
}

const told = () => (existsSync(at("told")) ? readFileSync(at("told"), "utf8") : "");
const bob = () => readFileSync(at("etc/shadow"), "utf8").trim();
const fail = () => {
  const time = new Date().toISOString();
  const text = "Failed password for bob from 203.0.113.77 port 4711 ssh2";
  appendFileSync(scratch.log, `${time} web1 sshd[42]: ${text}\n`);
};

test("W25: from a line of a log to the admin's executable and a disabled account, and back", async () => {
  prepare();
  scratch.settings(settings);
  expect(await scratch.cli(["start"])).toMatchObject({ exitCode: 0 });
  fail();
  await until(() => told() !== "", "the executable was run");
  expect(told()).toMatch(/^add - 203\.0\.113\.77 \d+\.\d+ 100001 \/.*test\.log -\n$/);
  await until(() => bob() === "bob:!$6$a$b:20000:0:99999:7::1:", "the account is disabled");
  await until(() => bob() === "bob:$6$a$b:20000:0:99999:7:::", "and is what it was, on time");

  const unban = await scratch.cli(["unban", "203.0.113.77"]);
  expect(unban).toMatchObject({ exitCode: 0, stdout: "page of 203.0.113.77: undone" });
  expect(told().split("\n")[1]).toMatch(/^delete - 203\.0\.113\.77 /);
  expect((await scratch.cli(["unban", "203.0.113.77"])).exitCode).toBe(1);
});

test("bans, logtest and replay tell of commands", async () => {
  prepare();
  scratch.settings(settings.replace("<timeout>3</timeout>", "<timeout>900</timeout>"));
  await scratch.cli(["start"]);
  fail();
  await until(() => bob().startsWith("bob:!"), "the account is disabled");
  await until(() => told() !== "", "the executable was run");
  const { stdout } = await scratch.cli(["bans"]);
  expect(stdout).toMatch(/^command +about +since +undone +rule$/m);
  expect(stdout).toMatch(/^disable-account +the user bob .* 100001$/m);
  expect(stdout).toMatch(/^page +203\.0\.113\.77 .* 100001$/m);
  const all = JSON.parse((await scratch.cli(["bans", "--json"])).stdout);
  expect(all).toContainEqual(
    expect.objectContaining({ command: "disable-account", user: "bob", rule: 100001 }),
  );
  const log = readFileSync(scratch.log, "utf8");
  const tried = await scratch.cli(["logtest"], log);
  expect(tried.stdout).toContain("  run: page of 203.0.113.77 for 600 s\n");
  expect(tried.stdout).toContain("  run: disable-account of the user bob for 900 s");
  const replayed = await scratch.cli(["replay", scratch.write("twice.log", log + log)]);
  expect(replayed.stdout).toContain("commands: 2\n");
  expect(replayed.stdout).toMatch(/disable-account +the user bob +100001/);
});

test("an executable that is gone: config check says where, an alert says that it failed", async () => {
  prepare();
  scratch.settings(settings.replace("page.sh", "gone.sh"));
  const check = await scratch.cli(["config", "check"]);
  expect(check).toMatchObject({ exitCode: 0 });
  expect(check.stdout).toMatch(
    /note: .*stockade\.conf:\d+: <command> "page" cannot be run: .*gone\.sh does not exist/,
  );
  await scratch.cli(["start"]);
  fail();
  const alerts = at("var/log/stockade/alerts/alerts.log");
  await until(
    () =>
      /Rule: 309015 \(level 9\).*\n.*page of 203\.0\.113\.77: .*gone\.sh does not exist/.test(
        readFileSync(alerts, "utf8"),
      ),
    "the alert of the failure",
  );
});

test("without commands in the settings no process waits for them", async () => {
  prepare();
  await scratch.cli(["start"]);
  expect(existsSync(at("run/stockade/execute.sock"))).toBe(false);
  scratch.settings(settings);
  await scratch.cli(["reload"]);
  await until(() => existsSync(at("run/stockade/execute.sock")), "it is started for them");
});
