import { type Check, type Finding, note, orOk, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** Below DOCKER-USER alone rules of others stand before Docker's own. */
const hooks = ["INPUT", "FORWARD", "DOCKER-USER"] as const;

/** Our jump stands before the rules of ufw, Docker and everybody else, else what they accept would be let in. */
export const packetFilter: Check = async (machine) => {
  if (!machine.isRoot)
    return [unknown("only root may see the packet filter", "put sudo before it")];
  const both = await Promise.all(["iptables", "ip6tables"].map((tool) => ofTool(machine, tool)));
  return orOk(both.flat(), "our jump stands before all other rules");
};

async function ofTool(machine: Machine, tool: string): Promise<Finding[]> {
  const listed = await machine.run(tool, "-w", "5", "-S");
  if (!listed.ok && listed.isMissing)
    return [wrong(`${tool} is not there`, "apt-get install iptables")];
  if (!listed.ok) {
    return tool === "ip6tables"
      ? [note(`this machine has no packet filter for IPv6: ${listed.reason}`)]
      : [wrong(`${tool} does not work: ${listed.reason}`, "journalctl -u stockade-respond")];
  }
  const lines = listed.output.split("\n");
  const fix = machine.hasSystemd ? "systemctl reload stockade-respond" : "stockade reload";
  const missing = lines.includes("-N STOCKADE")
    ? []
    : [wrong(`${tool}: the chain STOCKADE is not there`, fix)];
  const late = hooks.flatMap((hook) =>
    orderOf(lines, hook).map((text) => wrong(`${tool}: ${text}`, fix)),
  );
  return missing.length > 0 ? missing : late;
}

function orderOf(lines: readonly string[], hook: (typeof hooks)[number]): string[] {
  const isThere = hook !== "DOCKER-USER" || lines.includes(`-N ${hook}`);
  if (!isThere) return [];
  const rules = lines.filter((line) => line.startsWith(`-A ${hook} `));
  const at = rules.indexOf(`-A ${hook} -j STOCKADE`);
  if (at === 0) return [];
  if (at < 0) return [`nothing leads from ${hook} to STOCKADE`];
  return [`${at} rules stand before ours in ${hook}, the first is "${rules[0]}"`];
}
