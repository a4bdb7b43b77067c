import * as z from "zod";

const verdict = z.string();
const action = z.enum(["added", "modified", "deleted"]);

/** A file that is not as it was accepted. Times in milliseconds since 1970. */
export const OutstandingRow = z.object({
  path: z.string(),
  action,
  verdict,
  since: z.number(),
  last: z.number(),
  changes: z.number(),
  package: z.string().optional(),
  transaction: z.string().optional(),
});
export type OutstandingRow = z.infer<typeof OutstandingRow>;

/** One change of a file, as it was taken. */
export const HistoryRow = z.object({
  at: z.number(),
  path: z.string(),
  action,
  verdict,
  package: z.string().optional(),
  transaction: z.string().optional(),
  reason: z.string(),
  /** How it differed, a line each; printable. */
  words: z.array(z.string()),
});
export type HistoryRow = z.infer<typeof HistoryRow>;

/** How a file differs from what was accepted; without words it does not. */
export const DiffFacts = z.object({
  /** A line each; printable. */
  words: z.array(z.string()),
  /** What differs inside, where that may be shown. */
  text: z.string().optional(),
});
export type DiffFacts = z.infer<typeof DiffFacts>;

/** What the integrity process says of itself. */
export const StatusFacts = z.object({
  files: z.number(),
  /** Whether changes are seen as they happen; else why not. */
  realtime: z.object({ folders: z.number(), problem: z.string().optional() }),
  scanning: z.boolean(),
  last: z
    .object({
      at: z.number(),
      milliseconds: z.number(),
      full: z.boolean(),
      changes: z.number(),
      problem: z.string().optional(),
    })
    .optional(),
  nextAt: z.number(),
  outstanding: z.number(),
  /** Findings that the daemon has not dealt with. */
  waiting: z.number(),
  maintenance: z
    .object({ since: z.number(), until: z.number(), why: z.string(), changes: z.number() })
    .optional(),
});
export type StatusFacts = z.infer<typeof StatusFacts>;

/** What root may ask of the integrity process. Paths are absolute, bytes as characters (`BytePath`). */
const paths = z.array(z.string().startsWith("/").max(8192)).min(1).max(1000);
const path = z.string().startsWith("/").max(8192);

export const Request = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("status") }),
  /** Look at everything now; `full` reads the content of files that look unchanged, too. */
  z.strictObject({ verb: z.literal("scan"), full: z.boolean() }),
  /** What differs from what was accepted. */
  z.strictObject({ verb: z.literal("outstanding") }),
  z.strictObject({ verb: z.literal("history"), path }),
  /** The same of all files, what a transaction did or what was taken since a time. */
  z.strictObject({
    verb: z.literal("changes"),
    transaction: z.string().max(200).optional(),
    since: z.number().optional(),
  }),
  /** How a file differs from what was accepted. */
  z.strictObject({ verb: z.literal("diff"), path }),
  z.strictObject({ verb: z.literal("accept"), paths }),
  z.strictObject({ verb: z.literal("accept-transaction"), id: z.string().max(200) }),
  z.strictObject({ verb: z.literal("verify") }),
  z.strictObject({ verb: z.literal("export") }),
  z.strictObject({
    verb: z.literal("pause"),
    seconds: z.number().int().min(60).max(86_400),
    why: z.string().max(500),
  }),
  z.strictObject({ verb: z.literal("resume") }),
]);
export type Request = z.infer<typeof Request>;

/** One line of an answer: rows of the verb's own kind, and at last how it ended. */
export const AnswerLine = z.union([
  z.strictObject({ row: z.unknown() }),
  z.strictObject({ ok: z.literal(true), facts: z.record(z.string(), z.unknown()) }),
  z.strictObject({ ok: z.literal(false), problem: z.string(), hint: z.string().optional() }),
]);
export type AnswerLine = z.infer<typeof AnswerLine>;
