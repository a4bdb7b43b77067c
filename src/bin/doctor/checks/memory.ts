import { type Check, type Finding, orOk, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

const leastAvailable = 0.05;
const units = [
  "stockaded",
  "stockade-respond",
  "stockade-execute",
  "stockade-integrity",
  "suricata",
];

/** Memory that is left, and whether the kernel killed one of ours for want of it. */
export const memory: Check = (machine) => {
  const said = machine.read("/proc/meminfo");
  if (said === undefined) return [unknown("/proc/meminfo cannot be read")];
  const { total, available } = limited(machine, ofMachine(said));
  const megabytes = (number: number) => Math.round(number / 1024);
  const room = `${megabytes(available)} of ${megabytes(total)} MB are available`;
  return orOk(
    [
      ...(available < total * leastAvailable
        ? [wrong(`only ${room}`, "fewer rules in /etc/suricata/disable.conf, or swap")]
        : []),
      ...units.flatMap((unit) => killed(machine, unit)),
    ],
    room,
  );
};

/** In kilobytes. */
interface Room {
  readonly total: number;
  readonly available: number;
}

function ofMachine(meminfo: string): Room {
  const kilobytes = (name: string) => numberOf(meminfo, `${name}:`);
  return { total: kilobytes("MemTotal"), available: kilobytes("MemAvailable") };
}

/** A container has less than the machine it is on, by its cgroup; what the kernel keeps there of files it gives back. */
function limited({ read }: Machine, machine: Room): Room {
  const group = groups.find(
    ({ limit }) => Number(read(`${folder}${limit}`)) / 1024 < machine.total,
  );
  if (!group) return machine;
  const bytes = (name: string) => Number(read(`${folder}${name}`));
  const stat = read(`${folder}${group.stat}`) ?? "";
  const files = numberOf(stat, group.active) + numberOf(stat, group.inactive);
  const available = (bytes(group.limit) - bytes(group.used) + files) / 1024;
  return {
    total: bytes(group.limit) / 1024,
    available: Math.min(available, machine.available),
  };
}

const folder = "/sys/fs/cgroup/";
const groups = [
  {
    limit: "memory.max",
    used: "memory.current",
    stat: "memory.stat",
    active: "active_file",
    inactive: "inactive_file",
  },
  {
    limit: "memory/memory.limit_in_bytes",
    used: "memory/memory.usage_in_bytes",
    stat: "memory/memory.stat",
    active: "total_active_file",
    inactive: "total_inactive_file",
  },
];

function numberOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
}

function killed({ read }: Machine, unit: string): Finding[] {
  const events = read(`/sys/fs/cgroup/system.slice/${unit}.service/memory.events`) ?? "";
  const times = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  if (times === 0) return [];
  return [
    wrong(
      `${unit} was killed for want of memory ${times} times`,
      `systemctl edit ${unit}: a larger MemoryMax=`,
    ),
  ];
}
