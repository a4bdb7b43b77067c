import { writeFileSync } from "node:fs";
import * as z from "zod";
import { Failure } from "../../../core/failure.ts";
import { nameShown } from "../../../integrity/name.ts";
import { contextOf } from "../command.ts";
import { readDuration } from "../duration.ts";
import { briefTime, span } from "../table.ts";
import { ask, bytePath } from "./ask.ts";

const ScanOptions = z.object({ full: z.boolean().default(false) });
const Scanned = z.object({ milliseconds: z.number(), changes: z.number(), files: z.number() });

/** `stockade integrity scan`: looks at everything now. */
export async function integrityScan(options: unknown): Promise<void> {
  const context = contextOf(options);
  const { full } = ScanOptions.parse(options);
  const facts = Scanned.parse(await ask(context, { verb: "scan", full }));
  if (context.json) return context.say(JSON.stringify(facts));
  context.say(`${facts.files} files in ${span(facts.milliseconds)}, ${counted(facts.changes)}`);
}

const AcceptOptions = z.object({ transaction: z.string().optional() });
const Accepted = z.object({ accepted: z.number() });

/** `stockade integrity accept FILE…`, `--transaction ID`: what differs is as it should be. Exit code 1 when nothing did. */
export async function integrityAccept(files: readonly string[], options: unknown): Promise<void> {
  const context = contextOf(options);
  const { transaction } = AcceptOptions.parse(options);
  if ((transaction === undefined) === (files.length === 0)) {
    throw new Failure("what is accepted is not said", {
      hint: "stockade integrity accept FILE…, or --transaction ID",
      exitCode: 64,
    });
  }
  const facts = await ask(
    context,
    transaction === undefined
      ? { verb: "accept", paths: files.map(bytePath) }
      : { verb: "accept-transaction", id: transaction },
  );
  const { accepted } = Accepted.parse(facts);
  context.say(context.json ? JSON.stringify(facts) : `${counted(accepted)} accepted`);
  if (accepted === 0) process.exitCode = 1;
}

const PauseOptions = z.object({
  for: z.string().default("30m"),
  why: z.string().default(""),
  end: z.boolean().default(false),
});
const Ended = z.object({ changes: z.number(), named: z.array(z.string()) });

/** `stockade integrity pause --for 30m --why TEXT`, `--end`: a maintenance window. */
export async function integrityPause(options: unknown): Promise<void> {
  const context = contextOf(options);
  const wanted = PauseOptions.parse(options);
  if (wanted.end) {
    const ended = Ended.parse(await ask(context, { verb: "resume" }));
    if (context.json) return context.say(JSON.stringify(ended));
    context.say(`the maintenance is over, ${counted(ended.changes)} taken in`);
    for (const path of ended.named) context.say(`  ${nameShown(path)}`);
    return;
  }
  const seconds = readDuration(wanted.for, 1);
  const facts = await ask(context, { verb: "pause", seconds, why: wanted.why });
  const until = Date.now() + seconds * 1000;
  context.say(
    context.json
      ? JSON.stringify(facts)
      : `until ${briefTime(until)} changes are taken in without an alert; one mail lists them then`,
  );
}

/** `stockade integrity export [FILE]`: the baseline, signed, for another machine to keep and check. */
export async function integrityExport(file: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  const parts: string[] = [];
  await ask(context, { verb: "export" }, (row) => parts.push(z.string().parse(row)));
  const text = parts.join("");
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text, { mode: 0o600 });
}

function counted(changes: number): string {
  return changes === 1 ? "1 change" : `${changes} changes`;
}
