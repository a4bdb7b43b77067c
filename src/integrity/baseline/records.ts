import * as z from "zod";
import type { BytePath, Change, Entry, JudgedChange } from "../entry.ts";
import { readStamp, stampOfEntry } from "../stamp.ts";
import type { Outstanding, PastChange } from "./baseline.ts";
import { keyOf, pathOf } from "./order.ts";

type Row = Readonly<Record<string, unknown>>;

/** An entry as the columns of its table, in their order. */
export function columnsOf(
  entry: Entry,
): [string, string, string | null, string | null, string | null] {
  const attributes = entry.attributes ? JSON.stringify(entry.attributes) : null;
  const { sha256 = null, target = null } = entry;
  return [keyOf(entry.path), stampOfEntry(entry), sha256, target, attributes];
}

export function entryOf(row: Row): Entry {
  return {
    path: pathOf(String(row["key"])),
    ...readStamp(String(row["stamp"])),
    sha256: textIn(row["sha256"]),
    target: textIn(row["target"]),
    attributes: row["attributes"] === null ? undefined : readAttributes(row["attributes"]),
  };
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

const Attributes = z.record(z.string(), z.string());

function readAttributes(value: unknown): Record<string, string> {
  return Attributes.parse(JSON.parse(String(value)));
}

const maybe = <T extends z.ZodType>(type: T) => type.optional().transform((value) => value);

const EntryBody = z.strictObject({
  path: z.string(),
  kind: z.enum(["file", "directory", "link", "device", "pipe", "socket"]),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  size: z.number(),
  mtime: z.number(),
  ctime: z.number(),
  inode: z.number(),
  device: z.number(),
  sha256: maybe(z.string()),
  target: maybe(z.string()),
  attributes: maybe(Attributes),
});

const Verdict = z.enum([
  "explained",
  "side-effect",
  "prefiltered",
  "conffile",
  "differs",
  "matches",
  "unowned",
  "tools",
  "unverified",
  "plain",
]);

const cause = {
  verdict: Verdict,
  package: maybe(z.string()),
  transaction: maybe(z.string()),
};

const PastBody = z.strictObject({
  at: z.number(),
  before: maybe(EntryBody),
  after: maybe(EntryBody),
  reason: z.string(),
  ...cause,
});

const OutstandingBody = z.strictObject({
  accepted: maybe(EntryBody),
  since: z.number(),
  last: z.number(),
  changes: z.number(),
  ...cause,
});
export type OutstandingBody = z.infer<typeof OutstandingBody>;

export function pastBody(at: number, { change, ...judged }: JudgedChange): string {
  const { before, after } = change;
  const { verdict, transaction, reason } = judged;
  const body = { at, before, after, reason, verdict, package: judged.package, transaction };
  return JSON.stringify(body);
}

export function readPast(body: string): PastChange {
  const { before, after, ...rest } = PastBody.parse(JSON.parse(body));
  const { at, verdict, reason, transaction } = rest;
  const change = changeOf(entryIn(before), entryIn(after));
  return { at, change, verdict, package: rest.package, transaction, reason };
}

export function readOutstanding(body: string): OutstandingBody {
  return OutstandingBody.parse(JSON.parse(body));
}

export function outstandingOf(
  path: BytePath,
  body: OutstandingBody,
  now: Entry | undefined,
): Outstanding {
  const { since, last, changes, verdict, transaction } = body;
  const accepted = entryIn(body.accepted);
  return { path, accepted, now, since, last, changes, verdict, package: body.package, transaction };
}

/** With every field, as `Entry` has them. */
export function entryIn(body: z.infer<typeof EntryBody> | undefined): Entry | undefined {
  if (!body) return undefined;
  return { ...body, sha256: body.sha256, target: body.target, attributes: body.attributes };
}

/** What lies between two states of a file, of which there is one at least. */
export function changeOf(before: Entry | undefined, after: Entry | undefined): Change {
  if (before && after) return { action: "modified", before, after };
  if (before) return { action: "deleted", before, after: undefined };
  if (after) return { action: "added", before: undefined, after };
  throw new Error("a change of nothing");
}
