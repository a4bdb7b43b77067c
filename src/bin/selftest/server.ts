import type { Settings } from "../../config/settings.ts";
import { type Address, AddressSchema } from "../../core/address.ts";
import type { Machine } from "../doctor/machine.ts";

/** What of this server is attacked, and where it would be seen. */
export interface Target {
  /** The device that Suricata watches. */
  readonly device: string;
  /** An address of this server on it. */
  readonly address: Address;
  /** Ports that somebody listens on there, sshd's first. */
  readonly ports: readonly number[];
  readonly sshPort: number | undefined;
  /** Where Suricata writes its alerts. */
  readonly alertFeed: string;
}

const network = "/var/lib/stockade/suricata/network.yaml";

/** Undefined where this server has no IPv4 address to the outside. */
export async function targetOf(machine: Machine, settings: Settings): Promise<Target | undefined> {
  const [, device = ""] = /interface: (\S+)/.exec(machine.read(network) ?? "") ?? [];
  const shown = await machine.run(
    "ip",
    "-4",
    "-o",
    "address",
    "show",
    "dev",
    device,
    "scope",
    "global",
  );
  const [, address] = / inet ([\d.]+)/.exec(shown.ok ? shown.output : "") ?? [];
  if (device === "" || address === undefined) return undefined;
  const listening = await listeningAt(machine, address);
  const sshPort = listening.find(({ isSsh }) => isSsh)?.port;
  const ports = listening.map(({ port }) => port).filter((port) => port !== sshPort);
  return {
    device,
    address: AddressSchema.parse(address),
    ports: [...(sshPort === undefined ? [] : [sshPort]), ...ports],
    sshPort,
    alertFeed: feedOf(settings),
  };
}

interface Listening {
  readonly port: number;
  readonly isSsh: boolean;
}

/**
 * From ss(8): "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))". systemd may hold sshd's socket for it. Where it does not
 * tell whose a socket is, as in the unit of the self-test, sshd's own settings say the port.
 */
async function listeningAt({ run }: Machine, address: string): Promise<Listening[]> {
  const [shown, settings] = await Promise.all([run("ss", "-Hltnp"), run("sshd", "-T")]);
  const sshPorts = settings.ok ? settings.output.match(/(?<=^port )\d+$/gm) : null;
  const rows = shown.ok ? shown.output.split("\n") : [];
  return rows.flatMap((row) => {
    const [, at = "", port, users = ""] =
      /^\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+\s*(.*)$/.exec(row) ?? [];
    const isHere = ["0.0.0.0", "*", "[::]", address].includes(at);
    const isTold = /"sshd/.test(users) || (port === "22" && users.includes('"systemd"'));
    const isSsh = isTold || (users === "" && (sshPorts?.includes(port ?? "") ?? false));
    return isHere ? [{ port: Number(port), isSsh }] : [];
  });
}

function feedOf({ localFiles }: Settings): string {
  const feed = localFiles.find(
    (file) => "location" in file && ["snort-fast", "eve"].includes(file.logFormat),
  );
  return feed && "location" in feed ? feed.location : "/var/log/suricata/fast.log";
}
