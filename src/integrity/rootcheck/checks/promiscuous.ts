import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../../core/printable.ts";
import { holdersOf } from "../../listeners/holders.ts";
import { nameShown } from "../../name.ts";
import { type Check, type Ground, tried } from "../check.ts";

const promiscuous = 0x100;

/**
 * Interfaces that take every packet (IFF_PROMISC, netdevice(7)), unless all who listen to packets are programs of packages:
 * then Suricata, tcpdump or a DHCP client does its work.
 */
export const promiscuousInterfaces: Check = async (ground) => {
  const folder = join(ground.sys, "class/net");
  const names = tried(() => readdirSync(folder), []).filter((name) => {
    const flags = tried(() => readFileSync(join(folder, name, "flags"), "latin1"), "0");
    return (Number(flags) & promiscuous) !== 0;
  });
  if (names.length === 0) return [];
  const strangers = await strangersIn(ground);
  if (strangers.length === 0) return [];
  return names.map((name) => ({
    key: `promiscuous ${name}`,
    text: `Interface '${printable(name)}' in promiscuous mode, listened to by ${strangers.join(", ")}.`,
    kind: "suspicious",
  }));
};

/** Who has a packet socket and is of no package; also where nobody can be seen who has it. */
async function strangersIn({ proc, owners }: Ground): Promise<string[]> {
  const table = tried(() => readFileSync(join(proc, "1/net/packet"), "latin1"), "");
  const inodes = table
    .split("\n")
    .slice(1)
    .flatMap((row) => /(\d+)\s*$/.exec(row)?.[1] ?? [])
    .map(Number);
  const holders = [...holdersOf(proc, new Set(inodes)).values()];
  const programs = holders.flatMap(({ program }) => program ?? []);
  const known = await owners(programs);
  const strange = holders.filter(({ program }) => program === undefined || !known.has(program));
  const named = strange.map(
    ({ pid, program }) => `process ${pid} (${program === undefined ? "?" : nameShown(program)})`,
  );
  return inodes.length === 0 ? ["nobody that can be seen"] : named;
}
