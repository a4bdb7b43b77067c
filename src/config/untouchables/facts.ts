import { lookup } from "node:dns/promises";
import { readdir, readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Address, parseAddress } from "../../core/address.ts";
import { allowedIn, itemOf } from "./allowed.ts";
import { type Item, type OtherFile, reliedOn } from "./relied-on.ts";

/** What the list is computed from. `systemFacts` asks this machine; tests say what they like. */
export interface Facts {
  interfaces(): Address[];
  /** /proc/net/route and /proc/net/ipv6_route, see proc_net(5). */
  routes(): Promise<{ v4: string; v6: string }>;
  /** All of resolv.conf(5) that there is. */
  resolvConf(): Promise<string>;
  /** What others than the white list say: servers relied on, and what is allowed for a while. */
  items(): Promise<readonly Item[]>;
  resolve(name: string): Promise<string[]>;
}

/** The addresses of this machine's interfaces. */
export function ownAddresses(): Address[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).flatMap(({ address }) => parseAddress(address) ?? []),
  );
}

/** Asks this machine. `allowed` is the file of `stockade allow`, `root` what comes before the paths of other programs. */
export function systemFacts(allowed: string, root = "/", now: () => number = Date.now): Facts {
  const at = (path: string) => readOr(join(root, path));
  return {
    interfaces: ownAddresses,
    routes: async () => ({
      v4: await readOr("/proc/net/route"),
      v6: await readOr("/proc/net/ipv6_route"),
    }),
    // systemd-resolved writes itself into the first, and whom it asks into the second.
    resolvConf: async () =>
      `${await at("/etc/resolv.conf")}\n${await at("/run/systemd/resolve/resolv.conf")}`,
    items: async () => [
      ...(await allowedItems(allowed, now())),
      ...reliedOn(await otherFiles(root)),
    ],
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  };
}

/** A file that cannot be understood allows nobody: `stockade allow` says so to whoever wrote it. */
async function allowedItems(path: string, now: number): Promise<Item[]> {
  try {
    return allowedIn(await readFile(path, "utf8"), now).map(itemOf);
  } catch {
    return [];
  }
}

/** Files, and folders of such files with the end of their names. */
const places: readonly (readonly [OtherFile["kind"], string, string?])[] = [
  ["apt", "/etc/apt/sources.list"],
  ["apt", "/etc/apt/sources.list.d", ".list"],
  ["apt", "/etc/apt/sources.list.d", ".sources"],
  ["apt", "/etc/apt/apt.conf"],
  ["apt", "/etc/apt/apt.conf.d", ""],
  ["timesyncd", "/etc/systemd/timesyncd.conf"],
  ["timesyncd", "/etc/systemd/timesyncd.conf.d", ".conf"],
  ["timesyncd", "/run/systemd/timesyncd.conf.d", ".conf"],
  ["ntp", "/etc/chrony/chrony.conf"],
  ["ntp", "/etc/chrony/conf.d", ".conf"],
  ["ntp", "/etc/chrony/sources.d", ".sources"],
  ["ntp", "/etc/ntpsec/ntp.conf"],
  ["ntp", "/etc/ntp.conf"],
  ["ntp", "/etc/openntpd/ntpd.conf"],
  ["postfix", "/etc/postfix/main.cf"],
  ["suricata-update", "/var/lib/suricata/update/sources", ".yaml"],
  ["cloud-init", "/run/cloud-init/instance-data.json"],
];

async function otherFiles(root: string): Promise<OtherFile[]> {
  const found = await Promise.all(
    places.map(async ([kind, place, end]) => {
      const path = join(root, place);
      const paths = end === undefined ? [path] : await filesIn(path, end);
      return Promise.all(paths.map(async (file) => ({ kind, text: await readOr(file) })));
    }),
  );
  return found.flat();
}

/** Enough for every machine; a folder with thousands of files is a mistake of somebody's. */
const maxFiles = 100;

async function filesIn(folder: string, end: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const chosen = names.filter((name) => name.endsWith(end)).sort();
  return chosen.slice(0, maxFiles).map((name) => join(folder, name));
}

/** Nothing where it is missing or may not be read: each of these files may be. */
async function readOr(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
