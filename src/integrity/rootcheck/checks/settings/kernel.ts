import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, type Sign, tried } from "../../check.ts";
import { weakness } from "./weakness.ts";

interface Rule {
  /** Below /proc/sys; of several the greatest holds. */
  readonly settings: readonly string[];
  /** Values that are weak. */
  readonly isWeak: (value: number) => boolean;
  /** Where this is 1, only the first of the settings counts. */
  readonly routing?: string;
  readonly what: string;
}

const off = (value: number) => value === 0;
const on = (value: number) => value === 1;
const conf = (name: string) => [`net/ipv4/conf/all/${name}`, `net/ipv4/conf/default/${name}`];

const rules: readonly Rule[] = [
  {
    settings: ["kernel/randomize_va_space"],
    isWeak: (value) => value < 2,
    what: "addresses of programs can be foreseen (kernel.randomize_va_space is not 2)",
  },
  {
    settings: ["kernel/kptr_restrict"],
    isWeak: off,
    what: "every user is shown addresses of the kernel (kernel.kptr_restrict = 0)",
  },
  {
    settings: ["kernel/dmesg_restrict"],
    isWeak: off,
    what: "every user may read the kernel's log (kernel.dmesg_restrict = 0)",
  },
  {
    settings: ["kernel/unprivileged_bpf_disabled"],
    isWeak: off,
    what: "every user may load BPF programs (kernel.unprivileged_bpf_disabled = 0)",
  },
  {
    settings: ["fs/protected_symlinks"],
    isWeak: off,
    what: "links in /tmp of other users are followed (fs.protected_symlinks = 0)",
  },
  {
    settings: ["fs/protected_hardlinks"],
    isWeak: off,
    what: "users may make hard links to files of others (fs.protected_hardlinks = 0)",
  },
  {
    settings: ["fs/protected_fifos"],
    isWeak: off,
    what: "pipes in /tmp of other users are opened (fs.protected_fifos = 0)",
  },
  {
    settings: ["fs/protected_regular"],
    isWeak: off,
    what: "files in /tmp of other users are opened (fs.protected_regular = 0)",
  },
  {
    settings: ["fs/suid_dumpable"],
    isWeak: on,
    what: "setuid programs leave what they hold for everybody to read (fs.suid_dumpable = 1)",
  },
  {
    settings: conf("rp_filter"),
    isWeak: off,
    what: "packets with forged senders are taken (net.ipv4.conf.*.rp_filter = 0)",
  },
  {
    settings: conf("accept_redirects"),
    isWeak: on,
    // A router asks both settings (ip-sysctl).
    routing: "net/ipv4/conf/all/forwarding",
    what: "others may say where packets go (net.ipv4.conf.*.accept_redirects = 1)",
  },
  {
    settings: ["net/ipv4/conf/all/accept_source_route"],
    isWeak: on,
    what: "senders may say which way packets go (net.ipv4.conf.all.accept_source_route = 1)",
  },
];

/**
 * Settings of the kernel that make attacks easier. Those of the network are the ones that the kernel gave this process's own network
 * when it began, and they are the machine's of that moment (net/ipv4/devinet.c); tcp_syncookies is not among them.
 */
export const kernelAudit: Check = async ({ proc }) =>
  rules.flatMap((rule) => weaknessIn(proc, rule));

function weaknessIn(proc: string, { settings, isWeak, routing, what }: Rule): Sign[] {
  const [first = ""] = settings;
  const isRouter = routing !== undefined && numberIn(proc, routing)[0] === 1;
  const values = (isRouter ? [first] : settings).flatMap((name) => numberIn(proc, name));
  if (values.length === 0 || !isWeak(Math.max(...values))) return [];
  return [weakness(`kernel ${first}`, `kernel: ${what}`, `/proc/sys/${first}`)];
}

function numberIn(proc: string, name: string): number[] {
  const text = tried(() => readFileSync(join(proc, "sys", name), "latin1"), "").trim();
  return /^-?\d+$/.test(text) ? [Number(text)] : [];
}
