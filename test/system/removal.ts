import { expect, test } from "vitest";
import { on, tryOn } from "./hosts.ts";
import { stage } from "./until.ts";

/** What a server looks like from outside of Stockade. */
export interface Snapshot {
  readonly files: readonly string[];
  readonly accounts: string;
  readonly filter: string;
  readonly units: string;
  readonly mail: string;
}

export async function takeSnapshot(): Promise<Snapshot> {
  const [files, accounts, filter, units, mail] = await Promise.all(
    Object.values(questions).map((question) => on("server", "bash", "-c", question)),
  );
  return {
    files: (files ?? "").split("\n"),
    accounts: accounts ?? "",
    filter: filter ?? "",
    units: units ?? "",
    mail: mail ?? "",
  };
}

/** As the last of all: there is no Stockade any more. `before` is from before it was installed. */
export function removalClaims(before: () => Snapshot): void {
  test("purged, nothing is left, and that is proved", async () => {
    const said = await stage("uninstall", () =>
      on("server", "stockade", "uninstall", "--purge", "--verify"),
    );
    expect(said.match(/^ok {4}/gm)).toHaveLength(8);
    expect(said).toContain("nothing of Stockade is left");
    // Suricata and Postfix are still there, with what the distribution or the admin has set.
    expect((await tryOn("server", "dpkg", "--verify", "suricata")).all).toBe("");
    expect(await on("server", "systemctl", "is-active", "suricata", "postfix")).toBe(
      "active\nactive",
    );
    const after = await takeSnapshot();
    if (before().mail !== "") expect(after.mail).toBe(before().mail);
    expect(after.mail).not.toMatch(/relayhost = .*mailgun|sasl_passwd|^root:/m);
    expect(after.filter).not.toMatch(/stockade/i);
    expect(
      (await tryOn("server", "/root/stockade/installer/uninstall.sh", "--verify")).exitCode,
    ).toBe(0);
  });
}

export function autoremoveClaims(before: () => Snapshot): void {
  test("what came with it goes with apt-get autoremove, and the server is as it was", async () => {
    await stage("autoremove", () =>
      on("server", "apt-get", "-qq", "--yes", "--purge", "autoremove"),
    );
    const [was, is] = [before(), await takeSnapshot()];
    const of = (one: Snapshot) =>
      [one.files, one.accounts.split("\n"), one.units.split("\n")].flat();
    const [old, now] = [new Set(of(was)), new Set(of(is))];
    expect({
      left: without(now, old).filter((name) => !others.some((pattern) => pattern.test(name))),
      gone: without(old, now),
    }).toEqual({ left: [], gone: [] });
  });
}

function without(names: Set<string>, others: Set<string>): string[] {
  return [...names].filter((name) => !others.has(name));
}

/** What Debian's own packages leave behind when they are purged, and what the tests have laid down. */
const others = [
  /^post(fix|drop)$/,
  /^\/etc\/(aliases(\.db)?|inputrc|networks|sub[gu]id-?|nftables\.conf|ufw(\/.*)?|python3.*)$/,
  /^\/(usr\/local\/lib|var\/lib)\/python/,
  /^\/var\/log\/(alternatives\.log|apt\/.*|dpkg\.log|suricata(\/.*)?)$/,
  /^\/var\/lib\/systemd\//,
  /^\/etc\/runit\//,
  /^bob$|^\/srv\/www/,
];

const volatile = ["/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/cache", "/root"];
const ofPackages = ["/var/lib/apt", "/var/lib/dpkg", "/var/log/journal", "*/__pycache__"];
const questions = {
  // What no package calls its own, and all that has our name.
  files: `
    find / \\( ${[...volatile, ...ofPackages].map((path) => `-path '${path}'`).join(" -o ")} \\) -prune -o -print |
      sort | comm -23 - <(sed 's#^/\\(bin\\|sbin\\|lib\\|lib64\\)/#/usr/&#; s#//#/#' /var/lib/dpkg/info/*.list | sort -u)
    find / \\( ${volatile.map((path) => `-path '${path}'`).join(" -o ")} \\) -prune -o -name '*stockade*' -print`,
  accounts: "cut -d : -f 1 /etc/passwd /etc/group | sort",
  filter:
    "iptables-save 2>/dev/null; ip6tables-save 2>/dev/null; ipset list -name 2>/dev/null; true",
  units: "systemctl list-unit-files --no-legend --state=enabled | sort",
  mail: "postconf -n 2>/dev/null; cat /etc/aliases 2>/dev/null; true",
};
