import { z } from "zod";
import { type Address, AddressSchema, familyOf } from "./address.ts";
import { type Network, networkOf } from "./network.ts";

/** The responses Stockade has: a drop in the packet filter and a line in /etc/hosts.deny. */
export const ResponseName = z.enum(["firewall-drop", "host-deny"]);
export type ResponseName = z.infer<typeof ResponseName>;

/** The longest block: a year. The kernel counts less; the responder sees to the rest. */
export const maxBlockSeconds = 31_536_000;

/** The longest that one login by key protects its address. */
export const maxSessionSeconds = 86_400;
/** So many addresses at a time are protected by a login: a key is no shield for a botnet. */
export const maxSessions = 32;

const RequestId = z.number().int().nonnegative();
const RuleId = z.number().int().nonnegative();

/** "Block this one address for a while." Only single addresses can be asked for, so no white list entry can be straddled. */
export const BlockRequest = z.strictObject({
  verb: z.literal("block"),
  request: RequestId,
  response: ResponseName,
  address: AddressSchema,
  seconds: z.number().int().min(1).max(maxBlockSeconds),
  rule: RuleId,
  /** The alert's id as the alert log writes it: "1763770000.5270". */
  alert: z.string().regex(/^\d{1,12}\.\d{1,15}$/),
});
export type BlockRequest = z.infer<typeof BlockRequest>;

/** Somebody is logged in from here by a key: the address is not blocked for so long. */
export const Session = z.strictObject({
  address: AddressSchema,
  seconds: z.number().int().min(1).max(maxSessionSeconds),
});
export type Session = z.infer<typeof Session>;

/** All the responder understands. One JSON object a line, each answered by one `Reply` line. */
export const Request = z.discriminatedUnion("verb", [
  BlockRequest,
  z.strictObject({ verb: z.literal("unblock"), request: RequestId, address: AddressSchema }),
  z.strictObject({ verb: z.literal("list"), request: RequestId }),
  // In the place of all sessions that were told before.
  z.strictObject({
    verb: z.literal("protect"),
    request: RequestId,
    sessions: z.array(Session).max(maxSessions),
  }),
  // What is never blocked has changed; the reply has the blocks that are lifted for it.
  z.strictObject({ verb: z.literal("refresh"), request: RequestId }),
]);
export type Request = z.infer<typeof Request>;

/** A block that is in force. */
export const Block = z.strictObject({
  response: ResponseName,
  address: AddressSchema,
  /** What is really blocked: the address itself or the /64 around an IPv6 address. */
  network: z.string(),
  /** Milliseconds since 1970. */
  since: z.number().int(),
  until: z.number().int(),
  rule: RuleId,
  alert: z.string(),
});
export type Block = z.infer<typeof Block>;

export const Reply = z.union([
  z.strictObject({ request: RequestId, ok: z.literal(true), blocks: z.array(Block) }),
  z.strictObject({ request: z.number().int(), ok: z.literal(false), reason: z.string() }),
]);
export type Reply = z.infer<typeof Reply>;

/** No line on the responder's socket may be longer. */
export const maxRequestBytes = 4096;

/**
 * What a block of this address really covers: IPv4 the address alone, IPv6 the /64 around it, because one host
 * owns a whole /64 (RFC 6177) and could change its address with every packet.
 */
export function coveredBy(address: Address): Network {
  return networkOf(address, familyOf(address) === 4 ? 32 : 64);
}
