import { Failure } from "../../core/failure.ts";
import type { Network } from "../../core/network.ts";

/** Asks for --yes where a network is wider than one customer's: a /24, or a /56 of IPv6. Throws a `Failure`. */
export function needYes({ base, bits, text }: Network, isSure: boolean): void {
  if (isSure || bits >= (base.kind() === "ipv4" ? 24 : 56)) return;
  throw new Failure(`${text} is wide: many strangers share it`, {
    hint: "if that is meant, add --yes",
    exitCode: 64,
  });
}
