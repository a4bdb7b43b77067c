import * as z from "zod";
import { AddressSchema } from "./address.ts";
import { maxBlockSeconds } from "./block.ts";

/** What a command of the settings may need to know of an alert, by OSSEC's names. */
export const Expected = z.enum(["srcip", "user", "filename"]);
export type Expected = z.infer<typeof Expected>;

/** The name of a command: no blank, no "-" in front, nothing of a path. */
export const CommandName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** A plain file name, without any way into another folder. */
export const ExecutableName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/);

/**
 * A user name as it may become an argument: never one that a program would take for an option, nor a path, nor more than
 * one word. Narrower than OSSEC's `^[a-zA-Z._0-9@?-]*$`, which lets "-d" pass.
 */
export const UserName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._@-]{0,127}$/);

/** An absolute path without control characters and without a way back up. */
export const FileName = z
  .string()
  .max(1024)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^\/[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/)
  .refine((path) => !path.split("/").includes(".."), "leads back up");

/** Where the line stood: a path or the name of a command's output, as an argument. */
export const Location = z
  .string()
  .max(1024)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^-\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/);

/** "Run this command about this alert." Only what the command expects is in it. */
const RunOrder = z.strictObject({
  verb: z.literal("run"),
  command: CommandName,
  address: AddressSchema.optional(),
  user: UserName.optional(),
  filename: FileName.optional(),
  /** After so long it is run again with `delete`; 0: never. */
  seconds: z.number().int().min(0).max(maxBlockSeconds),
  rule: z.number().int().nonnegative(),
  /** The alert's id as the alert log writes it: "1763770000.5270". */
  alert: z.string().regex(/^\d{1,12}\.\d{1,15}$/),
  location: Location.optional(),
});
export type RunOrder = z.infer<typeof RunOrder>;

/** All the executor understands: one JSON object in one line, a connection each, answered by one `Answer`. */
export const Order = z.discriminatedUnion("verb", [
  RunOrder,
  /** "Undo now what was done about this address." */
  z.strictObject({ verb: z.literal("end"), address: AddressSchema }),
]);
export type Order = z.infer<typeof Order>;

export const Answer = z.union([
  /** What was done, or undone, in words. */
  z.strictObject({ ok: z.literal(true), done: z.array(z.string()) }),
  z.strictObject({
    ok: z.literal(false),
    reason: z.string(),
    /** It is refused because it must be: nothing has failed. */
    isRight: z.literal(true).optional(),
  }),
]);
export type Answer = z.infer<typeof Answer>;

/** No line on the executor's socket may be longer. */
export const maxOrderBytes = 8192;
