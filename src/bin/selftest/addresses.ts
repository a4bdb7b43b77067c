import { type Address, AddressSchema } from "../../core/address.ts";
import { Failure } from "../../core/failure.ts";
import type { Responder } from "../../respond/client.ts";
import type { Machine } from "../doctor/machine.ts";

/** RFC 5737: nobody's. */
const networks = ["192.0.2", "198.51.100", "203.0.113"];
const tries = 24;

/**
 * Documentation addresses that this server neither has, nor reaches by a route of their own, nor spares, nor blocks. Others
 * each time, so that nobody becomes one who comes back. Throws a `Failure` when there are none.
 */
export async function freeAddresses(
  machine: Machine,
  responder: Responder,
  many: number,
): Promise<Address[]> {
  const found = new Set<Address>();
  let refused = "each is in use";
  for (let trial = 0; trial < tries && found.size < many; trial += 1) {
    const address = randomAddress();
    const why = await whyNot(machine, responder, address);
    if (why === undefined) found.add(address);
    else refused = `${address}: ${why}`;
  }
  if (found.size === many) return [...found];
  throw new Failure(`no documentation address can be used: ${refused}`, {
    hint: "is a documentation network on the white list, or in use here?",
    exitCode: 69,
  });
}

function randomAddress(): Address {
  const network = networks[Math.floor(Math.random() * networks.length)];
  return AddressSchema.parse(`${network}.${1 + Math.floor(Math.random() * 254)}`);
}

async function whyNot({ run }: Machine, responder: Responder, address: Address) {
  const way = await run("ip", "-o", "route", "get", address);
  // An own or a neighbour's address is reached without a gateway.
  if (way.ok && !/ via /.test(way.output)) return "it is reached directly";
  const seen = await responder.ask({ verb: "look", network: address });
  if (!seen.ok) return seen.reason;
  if (seen.untouchable !== undefined) return seen.untouchable;
  return seen.blocks.length > 0 || (seen.held ?? []).length > 0 ? "it is blocked" : undefined;
}
