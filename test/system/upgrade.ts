import { expect, test } from "vitest";
import { addresses, on, tryOn, write } from "./hosts.ts";
import { bringPackage } from "./package.ts";
import { pidsOf, read } from "./records.ts";
import { reach } from "./site.ts";
import { stage, until } from "./until.ts";

const settings = "/etc/stockade/stockade.conf";
const { prober } = addresses;

/** A higher version of the package over the one that runs, as `apt-get upgrade` brings it: nobody is there to ask. */
export function upgradeClaims(): void {
  let higher: string;

  test("an upgrade keeps the admin's settings and every block, and runs the new version", async () => {
    const edited = `${await read(settings)}<!-- the admin was here -->`;
    await write(settings, edited);
    await on("server", "stockade", "ban", prober, "--for", "10m", "--why", "an upgrade");
    const before = await allPids();

    higher = await bringPackage("/root", "9.0.1");
    const said = await stage("upgrade", () => install(higher));
    expect(said).not.toContain("NOT in force");
    expect(await version()).toBe("9.0.1");
    expect(await reach(prober, 22)).toBe("silent");
    await until("all run anew", 10, async () => {
      const now = await allPids();
      return now.length === 2 && now.every((pid) => !before.includes(pid));
    });
    await until("the block is known", 10, async () => (await bans()).includes(prober));
    expect(await read(settings)).toBe(edited);
  });

  test("settings that the new version refuses: those of before go on, and it is said", async () => {
    const good = await read(settings);
    await write(settings, good.replace("</stockade_config>", "<no_such_section/>"));
    const before = await allPids();

    const said = await install(higher);
    expect(said).toMatch(/NOT in force[\s\S]*stockade\.conf:\d+: [\s\S]*processes of before go on/);
    expect(await allPids()).toEqual(before);
    expect(await reach(prober, 22)).toBe("silent");
    expect(await bans()).toContain(prober);
    expect(await on("server", "dpkg", "--audit")).toBe("");

    await write(settings, good);
    await on("server", "stockade", "restart");
    expect(await bans()).toContain(prober);
    expect(await allPids()).not.toEqual(before);
    await on("server", "stockade", "unban", prober);
  });
}

/** Before anything is installed: what the installer would do is said, and nothing is done. */
export async function dryRunOnFresh(): Promise<void> {
  const changed = async () => await on("server", "bash", "-c", newerFiles);
  await on("server", "touch", "/root/before");
  const install = ["env", "-C", "/root/stockade", "./installer/install.sh"];
  const said = await on("server", ...install, "--answers", "/root/answers", "--dry-run");
  expect(await changed()).toBe("");
  for (const what of [
    /^would install from Debian: .*suricata/m,
    /^would install \S+\.deb \(installed: nothing\)$/m,
    /^would write \/etc\/stockade\/stockade\.conf$/m,
    /^would change: .*suricata\.yaml/m,
    /^would change: .*logrotate\.d/m,
    /^would change: Postfix's relayhost = /m,
    /^would send root's mail to admin@example\.net, in \/etc\/aliases$/m,
    /^would start stockaded\.service$/m,
    /^would send a test mail /m,
    /^a dry run: nothing was changed$/m,
  ]) {
    expect(said).toMatch(what);
  }
}

/** Logs and caches go on, whatever the installer does. */
const newerFiles =
  "find /etc /usr /root /opt /srv /var/lib -xdev -newercm /root/before ! -path '/var/lib/systemd*' ! -path /root/before";

/** A dry run and another run of the installer, over what is installed. */
export function rerunClaims(): void {
  test("the installer again: a dry run changes nothing, and nothing is changed that is as it should be", async () => {
    const again = ["env", "-C", "/root/stockade", "./installer/install.sh"];
    const flags = ["--answers", "/root/answers"];
    const before = [await allPids(), await changedBelow()];
    const dry = await on("server", ...again, ...flags, "--dry-run");
    expect(dry).toContain("a dry run: nothing was changed");
    expect([await allPids(), await changedBelow()]).toEqual(before);
    expect(dry).not.toMatch(/^would/m);

    const other = await on(
      "server",
      ...again,
      ...flags,
      "--admin-email",
      "x@y.example",
      "--dry-run",
    );
    expect(other).toContain("would send root's mail to x@y.example, in /etc/aliases");
    expect([await allPids(), await changedBelow()]).toEqual(before);

    await stage("install again", () => on("server", ...again, ...flags));
    expect(await allPids()).toEqual(before[0]);
  });
}

async function install(file: string): Promise<string> {
  const { all, exitCode } = await tryOn("server", "dpkg", "--install", file);
  expect(exitCode, all).toBe(0);
  return all;
}

async function version(): Promise<string> {
  return (await on("server", "dpkg-query", "--show", "stockade")).split("\t")[1] ?? "";
}

async function bans(): Promise<string> {
  return (await tryOn("server", "stockade", "bans")).stdout;
}

async function allPids(): Promise<string[]> {
  return [...(await pidsOf("stockaded.mjs")), ...(await pidsOf("stockade-respond.mjs"))];
}

/** Files with their times, where a program of ours or an installer writes. */
async function changedBelow(): Promise<string> {
  const places = ["/etc", "/usr", "/var/lib/stockade/installer", "/var/lib/dpkg"];
  return await on("server", "find", ...places, "-type", "f", "-printf", "%p %C@\\n");
}
