import * as z from "zod";
import { AddressSchema } from "../../core/address.ts";
import { coveredBy } from "../../core/block.ts";
import { CommandName, ExecutableName, FileName, Location, UserName } from "../../core/order.ts";

/** What has to be remembered of an account, so that it becomes what it was. */
const AccountBefore = z.strictObject({
  /** Its expiry date as days since 1970, "" for none. */
  expires: z.string().regex(/^\d{0,9}$/),
  /** Whether its password could be used, and was locked by us. */
  hadPassword: z.boolean(),
});
type AccountBefore = z.infer<typeof AccountBefore>;

/** A command that was run, with everything that its undoing needs. */
export const Execution = z.strictObject({
  command: CommandName,
  executable: ExecutableName,
  address: AddressSchema.optional(),
  user: UserName.optional(),
  filename: FileName.optional(),
  location: Location.optional(),
  rule: z.number().int().nonnegative(),
  alert: z.string(),
  /** Milliseconds since 1970. */
  since: z.number().int(),
  until: z.number().int(),
  /** Its program said no, but may have done half of it: it is undone in time, and tried again when it is asked for again. */
  hasFailed: z.boolean().optional(),
  account: AccountBefore.optional(),
});
export type Execution = z.infer<typeof Execution>;

/** The same thing asked for again: an address stands for its network, a user and a file for themselves. */
export function keyOf({ command, address, user = "-", filename = "-" }: Execution): string {
  return `${command} ${address ? coveredBy(address).text : "-"} ${user} ${filename}`;
}

/** "page for 192.0.2.7": a command and whom it is about, in words. */
export function nameOf({ command, address, user, filename }: Execution): string {
  const whom = [address, user && `the user ${user}`, filename].filter((one) => one !== undefined);
  return whom.length === 0 ? command : `${command} of ${whom.join(", ")}`;
}

/** How something ended. `isRight`: it is not done because it must not be. */
export type Done =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isRight?: true };

export type Prepared =
  | { readonly ok: true; readonly account?: AccountBefore }
  | Extract<Done, { ok: false }>;

/** One way to carry out commands: the admin's executables, or accounts. */
export interface Program {
  /** The path that the log of active responses names. */
  pathOf(executable: string): string;
  /** Looks whether it may be run, and what must be kept to undo it. Changes nothing. */
  prepare(execution: Execution): Promise<Prepared>;
  add(execution: Execution): Promise<Done>;
  delete(execution: Execution): Promise<Done>;
  /** Whether an undoing that fails is tried again: harmless where it looks at what is there before. */
  readonly triesAgain: boolean;
}
