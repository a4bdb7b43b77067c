import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Finding } from "../../core/finding.ts";
import type { WaitingFinding } from "./baseline.ts";
import type { Rows } from "./rows.ts";

const Body = z.strictObject({
  at: z.number(),
  decoder: z.string(),
  location: z.string(),
  text: z.string(),
  fields: z.record(z.string(), z.string()),
});

/** What is still to be told, in the order in which it was found. */
export function openOutbox(db: DatabaseSync, rows: Rows) {
  const oldest = db.prepare("SELECT id, body FROM outbox WHERE id > ? ORDER BY id LIMIT ?");
  const upTo = db.prepare("SELECT id FROM outbox WHERE id <= ? ORDER BY id LIMIT 1000");
  return {
    /** Within a transaction of the caller's. */
    put(findings: readonly Finding[]) {
      for (const finding of findings) rows.append("outbox", [JSON.stringify(finding)]);
    },
    asked: {
      waiting: (limit: number, behind = 0): WaitingFinding[] =>
        oldest.all(behind, limit).map(({ id, body }) => ({
          id: Number(id),
          finding: Body.parse(JSON.parse(String(body))),
        })),
      dealtWith(last: number) {
        rows.change(() => {
          for (let ids = upTo.all(last); ids.length > 0; ids = upTo.all(last)) {
            for (const { id } of ids) rows.remove("outbox", Number(id));
          }
        });
      },
    },
  };
}
