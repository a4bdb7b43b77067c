import type { BytePath } from "../entry.ts";
import type { Owner } from "../packages/package-database.ts";
import { isAbout, type Transaction } from "../packages/transaction.ts";

/** What more packages have in common is a folder, of which none of them recorded anything and which is nobody's. */
export const mostSharing = 8;

/** Where a text is enough to have something run as root: nothing there goes by its folder alone. */
const runs =
  /^\/etc\/(?:apt|binfmt\.d|dhcp|init\.d|kernel|logrotate\.d|modprobe\.d|modules-load\.d|network|ppp|rsyslog\.d|sysctl\.d|tmpfiles\.d|udev|xdg)\//;

/** The folders above a path in /etc, the nearest first: /etc itself is none of them. */
export function foldersAbove(path: BytePath): BytePath[] {
  const parts = path.split("/").slice(1, -1);
  if (parts[0] !== "etc") return [];
  return parts.slice(1).map((_, at) => `/${parts.slice(0, parts.length - at).join("/")}`);
}

/** The package of this transaction that the folder of a setting belongs to, if any; not for what is run. */
export function folderOwner(
  path: BytePath,
  transaction: Transaction,
  claims: (path: BytePath) => readonly { readonly owner: Owner }[],
): string | undefined {
  if (runs.test(path)) return undefined;
  const nearest = foldersAbove(path)
    .map((folder) => claims(folder))
    .find((all) => all.length > 0);
  if (!nearest || nearest.length > mostSharing) return undefined;
  const names = nearest.map(({ owner }) => owner.package);
  return names.find((name) => transaction.packages.some((action) => isAbout(action, name)));
}
