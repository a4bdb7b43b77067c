import * as z from "zod";
import type { Item } from "./relied-on.ts";

/** `stockade allow`: who is not blocked for a while, and why. */
const Allowed = z.strictObject({
  version: z.literal(1),
  allowed: z.array(
    z.strictObject({
      /** An address, a network or a name. */
      text: z.string(),
      /** In milliseconds since 1970. */
      since: z.number().int(),
      until: z.number().int(),
      why: z.string(),
    }),
  ),
});
export type Allowance = z.infer<typeof Allowed>["allowed"][number];

/** What `text` (of the file that `stockade allow` writes) allows at `now`. Throws when it is no such file. */
export function allowedIn(text: string, now: number): Allowance[] {
  return Allowed.parse(JSON.parse(text)).allowed.filter(({ until }) => until > now);
}

/** As an entry of the list of what is never blocked. */
export function itemOf({ text, why }: Allowance): Item {
  return { text, reason: `allowed for a while${why === "" ? "" : `: ${why}`}`, isWanted: true };
}
