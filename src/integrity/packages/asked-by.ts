import type { Run } from "./apt-history.ts";

/** What asked for a run of apt, in the words a person would use; the command line where it is none of those known. */
export function askedBy({ commandLine, requestedBy }: Run): string {
  const by = requestedBy === undefined ? "" : ` by ${requestedBy}`;
  const [, what] = known.find(([pattern]) => pattern.test(commandLine)) ?? [];
  if (what === undefined) return `${commandLine || "apt"}${by}`;
  const wanted = namesIn(commandLine);
  return `${what}${wanted ? ` (${wanted})` : ""}${by}`;
}

export const unattendedUpgrades = "unattended-upgrades";

/** How they call apt; these words are Ansible's own for its module apt, see ansible.builtin.apt. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^\/usr\/bin\/unattended-upgrades?\b/, unattendedUpgrades],
  [/Dpkg::Options::=--force-confdef"? -o "?Dpkg::Options::=--force-confold/, "Ansible"],
  [/^packagekit role=/, "PackageKit"],
  [/^aptdaemon role=/, "aptdaemon"],
];

/** The packages at the end of a command line. */
function namesIn(commandLine: string): string {
  const [, names = ""] =
    /\s(?:install|upgrade|dist-upgrade|full-upgrade|remove|purge)\s+(.*)$/.exec(commandLine) ?? [];
  return names.trim().replace(/\s+/g, " ");
}
