import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Status } from "../../../src/bin/commands/status.ts";
import { type Machine, machineOf } from "../../../src/bin/doctor/machine.ts";
import { placesBelow } from "../../../src/bin/place.ts";
import type { DaemonStatus } from "../../../src/bin/status-file.ts";

/** A made-up server: a folder for its files, and small programs that answer as its own would. */
export interface World {
  readonly root: string;
  /** Writes a file of the server's. */
  file(path: string, content: string, ageDays?: number): void;
  /** Makes a program that prints this, and ends with `status`. */
  program(name: string, output: string, status?: number): void;
  /** Makes a program out of the lines of a shell script. */
  script(name: string, lines: string): void;
  /** Empty where there is no such file. */
  read(name: string): string;
  without(path: string): void;
  /** Makes a socket. */
  socket(path: string, mode: number): Promise<void>;
  machine(status?: Partial<Status>): Machine;
  remove(): Promise<void>;
}

const day = 86_400_000;

export function openWorld(): World {
  const root = mkdtempSync(join(tmpdir(), "stockade-world-"));
  const bin = join(root, "bin");
  mkdirSync(bin);
  const servers: Server[] = [];
  const at = (path: string) => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    root,
    file(path, content, ageDays = 0) {
      writeFileSync(at(path), content);
      const then = new Date(Date.now() - ageDays * day);
      utimesSync(at(path), then, then);
    },
    script: (name, lines) => executable(join(bin, name), lines),
    read: (name) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : ""),
    program(name, output, status = 0) {
      const to = status === 0 ? "" : " >&2";
      executable(join(bin, name), `/bin/cat${to} <<'END'\n${output}\nEND\nexit ${status}`);
    },
    without: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    async socket(path, mode) {
      const server = createServer();
      servers.push(server);
      rmSync(at(path), { force: true });
      await new Promise<void>((resolve) => server.listen(at(path), resolve));
      chmodSync(at(path), mode);
    },
    machine(status = {}) {
      const context = {
        root,
        paths: placesBelow(root),
        json: false,
        say: () => {},
        warn: () => {},
      };
      return machineOf(context, { ...healthy(), ...status }, bin);
    },
    async remove() {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function executable(path: string, lines: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

/** What `stockade status` sees where all is well. */
function healthy(): Status {
  return {
    server: { name: "web1", id: "6f1d6a0e-7d0c-4f3e-9a55-0d1f2b3c4d5e" },
    daemon: daemonStatus(),
    blocks: { blocks: 3, networks: 3, byHand: 0 },
    shortcomings: [],
    suricata: true,
    postfix: true,
    problems: [],
  };
}

export function daemonStatus(changes: Partial<DaemonStatus> = {}): DaemonStatus {
  const now = Date.now();
  return {
    pid: 42,
    startedAt: now - day,
    writtenAt: now,
    readAt: now + 1000,
    rules: 700,
    signatures: 40_000,
    lines: 1000,
    alerts: 10,
    mails: 1,
    blocks: { asked: 0, refused: 0, spared: 0, late: 0, observed: 0 },
    observing: { all: false, rules: [] },
    trips: [],
    sources: [
      {
        name: "/var/log/auth.log",
        state: "following",
        lines: 1000,
        cut: 0,
        unparsed: 10,
        lastAt: now,
      },
    ],
    mail: { waiting: 0, unsent: 0 },
    responderConnected: true,
    ...changes,
  };
}

const rulesOf = (tool: string) =>
  [
    "-P INPUT ACCEPT",
    "-N STOCKADE",
    "-A INPUT -j STOCKADE",
    "-A INPUT -j ufw-before-input",
    "-A FORWARD -j STOCKADE",
  ]
    .concat(
      tool === "iptables"
        ? ["-N DOCKER-USER", "-A DOCKER-USER -j STOCKADE", "-A DOCKER-USER -j RETURN"]
        : [],
    )
    .join("\n");

const unitNames = [
  "stockade.target",
  "stockaded.service",
  "stockade-respond.service",
  "stockade-execute.socket",
  "stockade-update-rules.timer",
  "stockade-selftest.timer",
  "suricata.service",
];

/** What `systemctl show` prints of all units, one of them changed. */
export function unitsShown(changed = "", properties: Record<string, string> = {}): string {
  return unitNames
    .map((Id) => ({
      ...{
        Id,
        LoadState: "loaded",
        ActiveState: "active",
        UnitFileState: "enabled",
        NRestarts: "0",
      },
      ...(Id === changed && properties),
    }))
    .map((unit) =>
      Object.entries(unit)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    )
    .join("\n\n");
}

/** A server on which nothing is wrong. */
export async function healthyWorld(): Promise<World> {
  const world = openWorld();
  mkdirSync(join(world.root, "run/systemd/system"), { recursive: true });
  world.file("/etc/stockade/stockade.conf", "<stockade_config></stockade_config>\n", 1);
  world.file("/proc/42/status", "Uid:\t999\t999\t999\t999\nCapEff:\t0000000000000000\n");
  world.file("/proc/43/status", "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000003000\n");
  world.file(
    "/proc/43/cmdline",
    "/usr/lib/stockade/node\0/usr/lib/stockade/stockade-respond.mjs\0",
  );
  world.file("/proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 400000 kB\n");
  world.file(
    "/var/lib/stockade/suricata/network.yaml",
    'vars.address-groups.HOME_NET: "[198.51.100.44,2001:db8:44::44]"\naf-packet:\n  - interface: eth0\n',
  );
  world.file("/var/lib/suricata/rules/suricata.rules", "alert …\n");
  world.file(
    "/var/lib/stockade/suricata/rules-status",
    `source=fetched\nupdated=${Math.floor(Date.now() / 1000) - 3600}\nrules=42000\nproblem=\n`,
  );
  world.file("/etc/logrotate.d/stockade", "/var/log/suricata/*.log { }\n", 30);
  world.file("/var/lib/logrotate/status", "logrotate state -- version 2\n");
  await world.socket("/run/stockade/respond.sock", 0o660);
  await world.socket("/run/stockade/respond-root.sock", 0o600);
  await world.socket("/run/stockade/execute.sock", 0o660);
  world.program("systemctl", unitsShown());
  world.program("iptables", rulesOf("iptables"));
  world.program("ip6tables", rulesOf("ip6tables"));
  world.program(
    "ip",
    "default via 198.51.100.1 dev eth0 onlink\n2: eth0    inet 198.51.100.44/24 scope global eth0\n3: docker0    inet 172.17.0.1/16 scope global docker0",
  );
  world.program(
    "suricatasc",
    '{"message": {"bypassed": 0, "drop": 1, "pkts": 1000}, "return": "OK"}',
  );
  world.program("postqueue", "");
  world.program("postconf", "relayhost =");
  world.program("systemd-detect-virt", "none", 1);
  world.program("timedatectl", "NTP=yes\nNTPSynchronized=yes");
  world.program("dpkg", "??5?????? c /etc/stockade/stockade.conf");
  return world;
}
