/** A piece of the bundle: a file's last part, or what a program prints. */
export type Piece =
  | { readonly name: string; readonly file: string }
  | { readonly name: string; readonly command: readonly [string, ...string[]] };

const journal = (unit: string): Piece => ({
  name: `journal/${unit}.txt`,
  command: [
    "journalctl",
    "--no-pager",
    "--quiet",
    "--lines=500",
    "--output=short-iso",
    `--unit=${unit}`,
  ],
});

const file = (path: string): Piece => ({ name: `files${path}`, file: path });

/**
 * What somebody who helps wants to see. Never /etc/postfix/sasl_passwd, keys, shadow files or Suricata's rules; of logs only their
 * ends.
 */
export const pieces: readonly Piece[] = [
  {
    name: "versions.txt",
    command: [
      "dpkg-query",
      "-W",
      "stockade",
      "suricata",
      "suricata-update",
      "postfix",
      "iptables",
      "ipset",
      "systemd",
    ],
  },
  { name: "kernel.txt", command: ["uname", "-a"] },
  { name: "memory.txt", command: ["free", "-m"] },
  { name: "disks.txt", command: ["df", "-h"] },
  { name: "processes.txt", command: ["ps", "-eo", "pid,user,rss,etime,stat,comm"] },
  { name: "network/addresses.txt", command: ["ip", "address"] },
  { name: "network/routes.txt", command: ["ip", "route"] },
  { name: "network/iptables.txt", command: ["iptables", "-w", "5", "-S"] },
  { name: "network/ip6tables.txt", command: ["ip6tables", "-w", "5", "-S"] },
  { name: "network/sets.txt", command: ["ipset", "list", "-t"] },
  { name: "mail/settings.txt", command: ["postconf", "-n"] },
  { name: "mail/queue.txt", command: ["postqueue", "-p"] },
  {
    name: "units.txt",
    command: [
      "systemctl",
      "list-units",
      "--all",
      "--no-pager",
      "stockade*",
      "suricata*",
      "postfix*",
    ],
  },
  {
    name: "unit-files.txt",
    command: ["systemctl", "cat", "--no-pager", "stockaded", "stockade-respond", "suricata"],
  },
  ...[
    "stockaded",
    "stockade-respond",
    "stockade-execute",
    "stockade-update-rules",
    "stockade-selftest",
    "suricata",
  ].map(journal),
  ...[
    "/usr/lib/os-release",
    "/etc/stockade/install.answers",
    "/etc/suricata/stockade.yaml",
    "/etc/logrotate.d/stockade",
    "/etc/aliases",
    "/var/lib/stockade/suricata/network.yaml",
    "/var/lib/stockade/suricata/rules-status",
    "/run/stockade/respond.json",
    "/run/stockade/daemon/status.json",
    "/run/stockade/daemon/metrics.prom",
    "/var/log/stockade/stockade.log",
    "/var/log/stockade/active-responses.log",
    "/var/log/stockade/alerts/alerts.log",
    "/var/log/suricata/suricata.log",
    "/var/log/suricata/fast.log",
    "/var/log/mail.log",
  ].map(file),
];
