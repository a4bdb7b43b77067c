import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { writeAtomically } from "./write-atomically.ts";

/**
 * Reads a file that `writeKept` has written. Undefined when there is none; one that cannot be read or is not exactly
 * what `schema` says is undefined too and set aside, and an error says so and what is lost with it (`loss`).
 */
export async function readKept<Kept>(
  path: string,
  { schema, loss }: { readonly schema: z.ZodType<Kept>; readonly loss: string },
  log: Log,
): Promise<Kept | undefined> {
  return await readWith(path, (text) => schema.parse(JSON.parse(text)), loss, log);
}

/** The same with a `parse` that throws when the text is damaged. */
export async function readWith<Kept>(
  path: string,
  parse: (text: string) => Kept,
  loss: string,
  log: Log,
): Promise<Kept | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") log.error(`cannot read "${path}": ${error.message}; ${loss}`);
    return undefined;
  });
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    log.error(
      `"${path}" is damaged (${reason.split("\n")[0]}), kept as "${path}.corrupt": ${loss}`,
    );
    await rename(path, `${path}.corrupt`).catch((trouble: unknown) => log.error(reasonOf(trouble)));
    return undefined;
  }
}

/** Replaces the file by `value` as JSON, for root alone, whole or not at all. Rejects with the system's error. */
export async function writeKept(path: string, value: unknown): Promise<void> {
  await writePrivately(path, [`${JSON.stringify(value)}\n`]);
}

/** Replaces the file by these texts, one behind the other, for root alone, whole or not at all. */
export async function writePrivately(path: string, texts: Iterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode: 0o600 };
  await writeAtomically(path, inBytes(texts), owner);
}

function* inBytes(texts: Iterable<string>): Iterable<string> {
  for (const text of texts) yield Buffer.from(text).toString("latin1");
}
