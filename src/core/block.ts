import * as z from "zod";
import { type Address, AddressSchema, familyOf, parseAddress } from "./address.ts";
import { type Network, networkOf, parseNetwork } from "./network.ts";

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
/** A network in canonical text, never narrower than what a block covers. */
const NetworkText = z.string().transform((text, context) => {
  const network = blockable(text);
  if (network) return network.text;
  context.addIssue({ code: "custom", message: `no address and no network: ${text}` });
  return z.NEVER;
});

/** Who asks by hand, and why: shown, never acted upon. */
const By = z.string().min(1).max(64);
const Why = z.string().max(400);

/** "Keep this network out because I say so." Only root may ask for it, on a socket of its own. */
export const BanRequest = z.strictObject({
  verb: z.literal("ban"),
  request: RequestId,
  response: ResponseName,
  network: NetworkText,
  seconds: z.number().int().min(1).max(maxBlockSeconds),
  by: By,
  why: Why,
});
export type BanRequest = z.infer<typeof BanRequest>;

/** What somebody wants lifted: all that lies in a network, all that a rule asked for, or everything. */
const Lifting = z.union([
  z.strictObject({ network: NetworkText }),
  z.strictObject({ rule: RuleId }),
  z.strictObject({ all: z.literal(true) }),
]);
export type Lifting = z.infer<typeof Lifting>;

/** All the responder understands. One JSON object a line, each answered by one `Reply` line, or by several: see `more`. */
export const Request = z.discriminatedUnion("verb", [
  BlockRequest,
  BanRequest,
  /** The daemon takes back what rules asked for; what is banned by hand stays. */
  z.strictObject({ verb: z.literal("unblock"), request: RequestId, address: AddressSchema }),
  z.strictObject({ verb: z.literal("lift"), request: RequestId, what: Lifting }),
  /** All blocks in force, or `most` of them. */
  z.strictObject({
    verb: z.literal("list"),
    request: RequestId,
    most: z.number().int().min(1).optional(),
  }),
  /** How many they are. */
  z.strictObject({ verb: z.literal("count"), request: RequestId }),
  // In the place of all sessions that were told before.
  z.strictObject({
    verb: z.literal("protect"),
    request: RequestId,
    sessions: z.array(Session).max(maxSessions),
  }),
  // What is never blocked has changed; the reply has the blocks that are lifted for it.
  z.strictObject({ verb: z.literal("refresh"), request: RequestId }),
  /** What is in force for one address or network, and what the system itself says of it. */
  z.strictObject({ verb: z.literal("look"), request: RequestId, network: NetworkText }),
]);
export type Request = z.infer<typeof Request>;

/** A block that is in force. */
export const Block = z.strictObject({
  response: ResponseName,
  address: AddressSchema,
  /** What is really blocked: the address itself, the /64 around an IPv6 address, or a network banned by hand. */
  network: z.string(),
  /** Milliseconds since 1970. */
  since: z.number().int(),
  until: z.number().int(),
  /** The rule that asked first; 0 where it was somebody by hand. */
  rule: RuleId,
  /** The alert's id; where somebody asked by hand the second in which he did, and 0. */
  alert: z.string(),
  /** How many times it was asked for. */
  count: z.number().int().min(1).default(1),
  /** Who wants it by hand, and why; absent where only rules do. */
  by: By.optional(),
  why: Why.optional(),
});
export type Block = z.infer<typeof Block>;

/** What the system itself keeps out, whatever anybody believes. */
export const Held = z.strictObject({
  response: ResponseName,
  network: z.string(),
  /** How long it goes on by itself; absent where the system knows no time. */
  seconds: z.number().optional(),
});
export type Held = z.infer<typeof Held>;

/** Blocks in force; each address or network counts once, whatever responses it has, also among those by hand. */
export const Counts = z.strictObject({
  blocks: z.number().int(),
  networks: z.number().int(),
  byHand: z.number().int(),
});
export type Counts = z.infer<typeof Counts>;

export const Reply = z.union([
  z.strictObject({
    request: RequestId,
    ok: z.literal(true),
    /** What was placed, lifted or found. */
    blocks: z.array(Block),
    /** The rest of the blocks, and all else, is in further lines with the same number. */
    more: z.literal(true).optional(),
    /** To `count`. */
    counts: Counts.optional(),
    /** To `lift`: blocks of wider networks, which go on, and those that only root may end; a thousand at the most. */
    remaining: z.array(Block).optional(),
    /** To `look`; a thousand at the most. */
    held: z.array(Held).optional(),
    untouchable: z.string().or(z.undefined()).optional(),
    /** To `list` and `count`: what does not work as it should. */
    problems: z.array(z.string()).optional(),
  }),
  z.strictObject({
    request: z.number().int(),
    ok: z.literal(false),
    reason: z.string(),
    /** It is refused because it must be: nothing has failed. */
    isRight: z.literal(true).optional(),
  }),
]);
export type Reply = z.infer<typeof Reply>;

/** Told to everybody on the socket without being asked: somebody has lifted these blocks; all of them where none is named. */
export const Notice = z.strictObject({
  lifted: z.union([z.array(z.string()), z.literal("all")]),
});
export type Notice = z.infer<typeof Notice>;

/** No line on the responder's socket may be longer. */
export const maxRequestBytes = 4096;

/**
 * What a block of this address really covers: IPv4 the address alone, IPv6 the /64 around it, because one host
 * owns a whole /64 (RFC 6177) and could change its address with every packet.
 */
export function coveredBy(address: Address): Network {
  return networkOf(address, familyOf(address) === 4 ? 32 : 64);
}

/** The network that a block of this address or network covers; undefined where the text is neither. */
export function blockable(text: string): Network | undefined {
  const network = parseNetwork(text);
  const address = network && parseAddress(network.base.toString());
  if (!address) return undefined;
  const covered = coveredBy(address);
  return network.bits > covered.bits ? covered : network;
}

/** Whether a network is more than one block of an address covers. */
export function isWide({ base, bits }: Network): boolean {
  return bits < (base.kind() === "ipv4" ? 32 : 64);
}
