import type { Address } from "../../core/address.ts";
import type { Responder } from "../../respond/client.ts";
import type { Report } from "./report.ts";

const seconds = 20;

/** A block of an address that nobody has is placed, is in the kernel, and is lifted again. */
export async function blockStep(
  responder: Responder,
  address: Address,
  report: Report,
): Promise<void> {
  const began = performance.now();
  const alert = `${Math.floor(Date.now() / 1000)}.0`;
  const wish = {
    verb: "block",
    response: "firewall-drop",
    address,
    seconds,
    rule: 0,
    alert,
  } as const;
  const placed = await responder.ask(wish, 10_000);
  if (!placed.ok) return report.failed("block", `the responder refuses: ${placed.reason}`);
  const isHeld = await isInKernel(responder, address);
  await lift(responder, address);
  if (!isHeld) return report.failed("block", `${address} was accepted but is not in the kernel`);
  if (await isInKernel(responder, address))
    return report.failed("block", `${address} is still in the kernel`);
  const took = Math.round(performance.now() - began);
  report.passed("block", `${address} was placed in the kernel and lifted in ${took} ms`);
}

/** Whether the packet filter itself has it. */
export async function isInKernel(responder: Responder, address: Address): Promise<boolean> {
  const seen = await responder.ask({ verb: "look", network: address }, 10_000);
  return seen.ok && (seen.held ?? []).some(({ response }) => response === "firewall-drop");
}

/** Ends every block of the address. */
export async function lift(responder: Responder, address: Address): Promise<void> {
  await responder.ask({ verb: "lift", what: { network: address } }, 10_000);
}
