import * as z from "zod";

const Recipient = z.object({ address: z.string(), delay_reason: z.string().optional() });
/** A line of postqueue(1) -j. */
const Queued = z.object({
  queue_name: z.string(),
  queue_id: z.string(),
  arrival_time: z.number(),
  recipients: z.array(Recipient),
});
export type Queued = z.infer<typeof Queued>;

/** The mails that wait, from what `postqueue -j` printed. Lines that are none are left out. */
export function queuedIn(output: string): Queued[] {
  return output.split("\n").flatMap((line) => {
    try {
      return [Queued.parse(JSON.parse(line))];
    } catch {
      // An empty line, or a mail that is being changed at this moment.
      return [];
    }
  });
}
