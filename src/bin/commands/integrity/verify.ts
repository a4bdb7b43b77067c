import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";
import { Failure, reasonOf } from "../../../core/failure.ts";
import { verifyExport } from "../../../integrity/baseline/export.ts";
import { type Context, contextOf } from "../command.ts";
import { ask } from "./ask.ts";

const Options = z.object({ key: z.string().optional() });
const Verified = z.object({
  isGenuine: z.boolean(),
  rows: z.number(),
  generation: z.number(),
  problems: z.array(z.string()),
});

/**
 * `stockade integrity verify`: whether the baseline is as it was written. With a file: whether this is an export of the machine
 * whose public key `--key` has, be it a PEM file or an earlier export; for that nothing need run here. Exit code 1 when not.
 */
export async function integrityVerify(file: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  if (file !== undefined) return await verifyFile(file, Options.parse(options).key, context);
  const found = Verified.parse(await ask(context, { verb: "verify" }));
  if (!found.isGenuine) process.exitCode = 1;
  if (context.json) return context.say(JSON.stringify(found));
  const kind = found.isGenuine ? "is as it was written" : "was changed by somebody else";
  context.say(`the baseline ${kind}: ${found.rows} rows, written ${found.generation} times`);
  for (const problem of found.problems) context.say(`  ${problem}`);
}

async function verifyFile(file: string, key: string | undefined, context: Context): Promise<void> {
  if (key === undefined) {
    throw new Failure("whose export it should be is not said", {
      hint: "--key FILE: the machine's public key, or an export of it that you trust",
      exitCode: 64,
    });
  }
  const isGenuine = await reading(file, () =>
    verifyExport(createInterface({ input: createReadStream(file) }), keyIn(key)),
  );
  if (!isGenuine) process.exitCode = 1;
  if (context.json) return context.say(JSON.stringify({ isGenuine }));
  context.say(
    isGenuine ? "the export is genuine" : "the export is not of that machine, or was changed",
  );
}

const FirstLine = z.object({ stockadeBaseline: z.literal(1), publicKey: z.string() });

function keyIn(file: string): string {
  const text = readFileSync(file, "utf8");
  if (text.startsWith("-----BEGIN PUBLIC KEY-----")) return text;
  return FirstLine.parse(JSON.parse(text.slice(0, text.indexOf("\n")))).publicKey;
}

async function reading<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new Failure(`"${file}" cannot be verified: ${reasonOf(thrown)}`, { exitCode: 66 });
  }
}
