import { type Check, type Finding, note, ok, orOk, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

const network = "/var/lib/stockade/suricata/network.yaml";
const mostDropped = 0.01;

/** Suricata watches the device of the default route, as this server's addresses are now, and misses no packet. */
export const capture: Check = async (machine) => {
  const written = machine.read(network);
  if (written === undefined) return [unknown(`${network} cannot be read`, "run it as root")];
  const [, device = ""] = /interface: (\S+)/.exec(written) ?? [];
  return [
    ...orOk(await placeOf(machine, written, device), `Suricata watches ${device}`),
    ...(await drops(machine, device)),
  ];
};

async function placeOf(machine: Machine, written: string, device: string): Promise<Finding[]> {
  const restart = machine.hasSystemd
    ? "systemctl restart suricata"
    : "kill $(cat /run/suricata.pid) && /usr/lib/stockade/start-all";
  const routes = await machine.run("ip", "-o", "route", "show", "default");
  const addresses = await machine.run("ip", "-o", "address", "show", "scope", "global");
  if (!routes.ok || !addresses.ok) return [unknown("ip(8) does not say how the network is")];
  const [, wanted] = / dev (\S+)/.exec(routes.output) ?? [];
  const missing = [...addresses.output.matchAll(/^\d+: (\S+) +inet6? ([^/\s]+)/gm)]
    .filter(([, on]) => on === device)
    .flatMap(([, , address = ""]) => (holds(written, address) ? [] : [address]));
  return [
    ...(wanted === undefined || wanted === device
      ? []
      : [wrong(`Suricata watches ${device}, the default route is by ${wanted}`, restart)]),
    ...(missing.length === 0
      ? []
      : [wrong(`Suricata's HOME_NET lacks ${missing.join(", ")}`, restart)]),
  ];
}

function holds(written: string, address: string): boolean {
  return new RegExp(`[[",]${address.replaceAll(".", "\\.")}[\\],"]`).test(written);
}

async function drops({ run, isRoot }: Machine, device: string): Promise<Finding[]> {
  if (!isRoot)
    return [unknown("only root may ask Suricata for its counters", "put sudo before it")];
  const said = await run("suricatasc", "-c", `iface-stat ${device}`);
  if (!said.ok) return [unknown(`Suricata's counters cannot be read: ${said.reason}`)];
  const number = (name: string) =>
    Number(new RegExp(`"${name}": *(\\d+)`).exec(said.output)?.[1] ?? 0);
  const [packets, dropped] = [number("pkts"), number("drop")];
  const text = `Suricata has seen ${packets} packets and missed ${dropped}`;
  if (packets === 0) return [note(`${text}: none came by yet`)];
  if (dropped <= packets * mostDropped) return [ok(text)];
  return [
    wrong(
      text,
      "fewer rules in /etc/suricata/disable.conf, or a larger ring-size in /etc/suricata/stockade.yaml",
    ),
  ];
}
