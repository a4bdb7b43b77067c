import { Failure } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";
import type { Change, Firewall } from "../firewall.ts";
import type { Run } from "../run.ts";
import { gapIn } from "./chain.ts";
import { connectionCutter } from "./connections.ts";

interface Tools {
  readonly set: string;
  readonly create: string;
  readonly iptables: string;
}

const sbin = "/usr/sbin";
const tools: Readonly<Record<4 | 6, Tools>> = {
  4: {
    set: "stockade4",
    create: "create stockade4 hash:ip family inet timeout 0 maxelem 65536\n",
    iptables: `${sbin}/iptables`,
  },
  6: {
    set: "stockade6",
    create: "create stockade6 hash:net family inet6 timeout 0 maxelem 65536\n",
    iptables: `${sbin}/ip6tables`,
  },
};

/**
 * Drops by iptables and ipset: the price of a packet does not grow with the number of blocks, and the kernel ends each
 * entry itself, see ipset(8), "timeout".
 */
export function ipset(family: 4 | 6, run: Run): Firewall {
  const tool = tools[family];
  const cutConnections = connectionCutter(family, run);
  const must = async (program: string, args: readonly string[], input?: string) => {
    const ran = await run(program, args, input);
    if (ran.ok) return ran.output;
    throw new Failure(ran.reason, { exitCode: 69 });
  };
  // With -exist an entry that is there gets the new timeout, and one that has gone is no error to delete.
  const restore = (input: string) => must(`${sbin}/ipset`, ["restore", "-exist"], input);

  return {
    name: "ipset",
    family,
    async prepare() {
      await restore(tool.create);
      const gap = gapIn(await must(tool.iptables, ["--wait=5", "-S"]), tool.set);
      if (gap.commands === "") return [];
      await must(`${tool.iptables}-restore`, ["--wait=5", "--noflush"], gap.commands);
      return gap.missing.map((part) => `${part} (IPv${family})`);
    },
    async apply(changes) {
      await restore(changes.map((change) => commandFor(change, tool.set)).join(""));
      cutConnections(changes.filter(({ verb }) => verb === "add").map(({ network }) => network));
    },
    async list() {
      return membersOf(await must(`${sbin}/ipset`, ["save", tool.set]));
    },
  };
}

function commandFor(change: Change, set: string): string {
  return change.verb === "add"
    ? `add ${set} ${change.network} timeout ${change.seconds}\n`
    : `del ${set} ${change.network}\n`;
}

/** Reads "add stockade4 192.0.2.1 timeout 299" lines. */
function membersOf(saved: string): Map<string, number> {
  const members = [...saved.matchAll(/^add \S+ (\S+) timeout (\d+)/gm)];
  return new Map(
    members.flatMap(([, text = "", seconds]) => {
      const network = parseNetwork(text);
      return network ? [[network.text, Number(seconds)] as const] : [];
    }),
  );
}
