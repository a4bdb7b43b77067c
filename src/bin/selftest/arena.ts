import { readlinkSync } from "node:fs";
import type { Address } from "../../core/address.ts";
import { Failure } from "../../core/failure.ts";
import type { Run } from "../doctor/machine.ts";
import { type Attacker, callAttacker } from "./attacker-link.ts";
import { mustRun, unsafe } from "./must-run.ts";
import {
  type Answer,
  inside,
  type Order,
  outside,
  ownNetwork,
  type Reach,
  type Target,
} from "./orders.ts";
import { macIn } from "./settle.ts";

/** An attacker with a network of its own and documentation addresses, who reaches this server and nobody else. */
export interface Arena {
  /** The device by which this server sees it. */
  readonly device: string;
  tell(order: Order): Promise<void>;
  /** What comes of a connection of the attacker's. */
  probe(target: Target, isAttack: boolean): Promise<Reach>;
  /** Takes it away, with all that attacks. Safe to call twice. */
  close(): Promise<void>;
}

interface Wish {
  /** This server's address that is attacked. */
  readonly server: Address;
  /** Whose the attacks are. */
  readonly attackers: readonly Address[];
  /** Where systemd starts the attacker. */
  readonly socket: string;
}

/**
 * Starts the attacker and lays a wire to it. It has one route only, to this server's own address by a wire that ends here. Throws a
 * `Failure` where the system does not let us, or where a packet could go anywhere else.
 */
export async function openArena(
  run: Run,
  wish: Wish,
  call: typeof callAttacker = callAttacker,
): Promise<Arena> {
  await sweep(run);
  const attacker = await call(wish.socket);
  const close = async () => {
    await attacker.close();
    await sweep(run);
  };
  try {
    await build(run, attacker, wish);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    device: outside,
    tell: async (order) => void (await attacker.ask(order)),
    probe: async (target, isAttack) => {
      const { from, address, port } = target;
      const answer = await attacker.ask({ verb: "probe", from, address, port, isAttack });
      return answer.ok ? (answer.reach ?? "silent") : "silent";
    },
    close,
  };
}

/** Removes what an earlier run has left: its attacker has ended with it, and with that its network. */
export async function sweep(run: Run): Promise<void> {
  await run("ip", "link", "delete", outside);
}

async function build(run: Run, attacker: Attacker, { server, attackers }: Wish): Promise<void> {
  const ip = (...args: string[]) => mustRun(run, "ip", ...args);
  const pid = await whereElse(attacker);
  const peer = ["type", "veth", "peer", "name", inside, "netns", `${pid}`];
  await ip("link", "add", outside, ...peer);
  // Without an address of its own on this side: this server's addresses stay what they are.
  await ip("link", "set", outside, "addrgenmode", "none", "up");
  const mac = macIn(await ip("-o", "link", "show", outside));
  const settled = granted(
    await attacker.ask({ verb: "settle", server, mac, attackers: [...attackers] }),
  );
  for (const one of attackers) {
    const to = ["dev", outside];
    await ip("route", "add", `${one}/32`, ...to);
    await ip("neighbor", "replace", one, "lladdr", settled.mac ?? "", ...to, "nud", "permanent");
    const way = await ip("route", "get", one);
    if (!way.startsWith(`${one} dev ${outside} `))
      throw unsafe(`${one} is not behind ${outside}: ${way}`);
  }
}

/** The attacker's process, which must not be in this server's own network: systemd goes on without where it may make none. */
async function whereElse(attacker: Attacker): Promise<number> {
  const { pid, network } = granted(await attacker.ask({ verb: "look" }));
  if (pid === undefined || network === undefined || network === readlinkSync(ownNetwork)) {
    throw unsafe("the attacker has no network of its own");
  }
  return pid;
}

function granted(answer: Answer): Extract<Answer, { ok: true }> {
  if (answer.ok) return answer;
  throw new Failure(answer.reason, { exitCode: 69 });
}
