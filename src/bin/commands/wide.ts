import { Failure } from "../../core/failure.ts";
import type { Network } from "../../core/network.ts";

/** Beyond these nobody knows any more who is meant. */
const widest = { ipv4: 24, ipv6: 56 } as const;

/** Asks for --yes where a network is wider than a /24, or a /56 of IPv6. Throws a `Failure`. */
export function needYes({ base, bits, text }: Network, isSure: boolean): void {
  const kind = base.kind();
  if (isSure || bits >= widest[kind]) return;
  const many =
    kind === "ipv4" ? `${2 ** (32 - bits)} addresses` : `${2 ** (64 - bits)} networks of /64`;
  throw new Failure(`${text} is wider than a /${widest[kind]}: ${many}`, {
    hint: "if that is meant, add --yes",
    exitCode: 64,
  });
}
