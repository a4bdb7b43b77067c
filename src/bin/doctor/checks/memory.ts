import { type Check, type Finding, orOk, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

const leastAvailable = 0.05;
const units = ["stockaded", "stockade-respond", "stockade-execute", "suricata"];

/** Memory that is left, and whether the kernel killed one of ours for want of it. */
export const memory: Check = (machine) => {
  const said = machine.read("/proc/meminfo");
  if (said === undefined) return [unknown("/proc/meminfo cannot be read")];
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(said)?.[1] ?? 0);
  const [total, available] = [kilobytes("MemTotal"), kilobytes("MemAvailable")];
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
