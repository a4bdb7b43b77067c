import * as z from "zod";
import { AddressSchema } from "../../core/address.ts";

/** The wire between this server and the attacker. Fixed names, so that the next run finds what a killed one left behind. */
export const outside = "sk-self-out";
export const inside = "sk-self-in";
/** What names the network that a process is in. */
export const ownNetwork = "/proc/self/ns/net";

const Place = z.strictObject({ address: AddressSchema, port: z.int().min(1).max(65_535) });
const Target = Place.extend({ from: AddressSchema });
export type Place = z.infer<typeof Place>;
export type Target = z.infer<typeof Target>;

const Reach = z.enum(["open", "refused", "silent"]);
/** What comes of a connection. `silent`: no answer at all, as where packets are dropped. */
export type Reach = z.infer<typeof Reach>;

const Order = z.discriminatedUnion("verb", [
  /** Who and where are you? */
  z.strictObject({ verb: z.literal("look") }),
  /** Have these addresses at `inside`, and a way to `server` alone, at the hardware address `mac`. */
  z.strictObject({
    verb: z.literal("settle"),
    server: AddressSchema,
    mac: z.string(),
    attackers: z.array(AddressSchema),
  }),
  /** What comes of a connection? With `isAttack` it says what nmap says. */
  Target.extend({ verb: z.literal("probe"), isAttack: z.boolean() }),
  Place.extend({ verb: z.literal("scan") }),
  Target.extend({ verb: z.literal("guess") }),
]);
/** What the attacker is told. It has a network of its own, so whatever it is told, it reaches nobody else. */
export type Order = z.infer<typeof Order>;

const Answer = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(false), reason: z.string() }),
  z.strictObject({
    ok: z.literal(true),
    /** To `look`: its process, and what names its network. */
    pid: z.int().optional(),
    network: z.string().optional(),
    /** To `settle`: the hardware address of its end. */
    mac: z.string().optional(),
    /** To `probe`. */
    reach: Reach.optional(),
  }),
]);
export type Answer = z.infer<typeof Answer>;

/** A line of JSON each; several orders may be on their way at once. */
export const NumberedOrder = z.strictObject({ number: z.int(), order: Order });
export const NumberedAnswer = z.strictObject({ number: z.int(), answer: Answer });
