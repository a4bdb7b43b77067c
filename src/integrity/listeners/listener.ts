import * as z from "zod";

/** Who listens where. */
export const Listener = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
  port: z.number(),
  uid: z.number(),
  /** The program, byte by byte; "" where nobody could be seen. */
  program: z.string(),
  /** As the process calls itself. */
  name: z.string(),
});
export type Listener = z.infer<typeof Listener>;
