import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { failToLogIn } from "./attacks.ts";
import { addresses, on, tryOn, write } from "./hosts.ts";
import { pidsOf, read, statusOf } from "./records.ts";
import { stage, until } from "./until.ts";

/** Free here: only the other suite has the web form. */
const { formGuesser: guesser } = addresses;
const settings = "/etc/stockade/stockade.conf";
const attackers = "/var/lib/stockade/execute/attackers";
const lastingSeconds = 4;

/** The admin's commands, in the sandbox of their process: the example of the manual, and a disabled account. */
export function commandClaims(): void {
  test("W25: a real alert runs the manual's example and disables the account, and both are undone on time", async () => {
    await on("server", "useradd", "--password", "$6$salt$nothing", "bob");
    const before = await shadowOf("bob");
    await write("/etc/stockade/active-response/bin/list.sh", example());
    await on("server", "chmod", "755", "/etc/stockade/active-response/bin/list.sh");
    await write("/etc/stockade/rules/bob.xml", rule);
    const text = await read(settings);
    await write(settings, text.replace("</stockade_config>", `${commands}</stockade_config>`));
    expect(await on("server", "stockade", "config", "check")).not.toContain("cannot be run");
    await on("server", "stockade", "reload");
    expect(await pidsOf("stockade-execute.mjs")).toEqual([]);

    void failToLogIn(guesser, "bob", 1);
    await stage("wrong password → the example has run", () =>
      until("the list has it", 15, async () => (await read(attackers)) === guesser),
    );
    await until("bob is disabled", 2, async () => /^bob:!.*:1:$/.test(await shadowOf("bob")));
    const killed = await pidsOf("stockade-execute.mjs");
    expect(await statusOf(killed[0] ?? "")).toMatch(/^CapEff:\s0+$/m);
    await on("server", "kill", "-KILL", ...killed);

    await stage("killed meanwhile → both undone", () =>
      until("bob is what he was, and the list is empty", lastingSeconds + 4, async () => {
        return (await shadowOf("bob")) === before && (await read(attackers)) === "";
      }),
    );
    expect(await on("server", "stat", "--format=%U:%G %a", "/etc/shadow")).toBe("root:shadow 640");
    await stage("nothing to do → it ends", () =>
      until("it has ended", 14, async () => (await pidsOf("stockade-execute.mjs")).length === 0),
    );
    expect(await on("server", "systemctl", "is-active", "stockade-execute.socket")).toBe("active");
  });
}

/** The script as the manual has it. */
function example(): string {
  const manual = readFileSync("docs/responses.md", "utf8");
  const [, script = ""] = /\(mode 755\):\n\n```bash\n([\s\S]*?)^```$/m.exec(manual) ?? [];
  expect(script).toContain("flock");
  return script;
}

async function shadowOf(user: string): Promise<string> {
  return (await tryOn("server", "getent", "shadow", user)).stdout;
}

const rule = `<group name="local,">
  <rule id="100020" level="5">
    <if_sid>5716</if_sid>
    <match>for bob </match>
    <description>somebody tries bob</description>
  </rule>
</group>
`;

const commands = `
  <command>
    <name>list</name>
    <executable>list.sh</executable>
    <expect>srcip</expect>
    <timeout_allowed>yes</timeout_allowed>
  </command>
  <active-response>
    <command>list</command>
    <rules_id>100020</rules_id>
    <timeout>${lastingSeconds}</timeout>
  </active-response>
  <active-response>
    <command>disable-account</command>
    <rules_id>100020</rules_id>
    <timeout>${lastingSeconds}</timeout>
  </active-response>
`;
