import { createHash, createPublicKey, type Hash, sign, verify } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Identity } from "./identity.ts";
import { entryOf } from "./records.ts";
import type { Rows } from "./rows.ts";

/**
 * Writes every entry as a line of JSON, below a line that says what this is, above one that signs all before it.
 * The public key in it is for reading: whoever checks must have it from somewhere else.
 */
export function writeExport(
  db: DatabaseSync,
  identity: Identity,
  rows: Rows,
  at: number,
  write: (chunk: string) => void,
): void {
  const sum = createHash("sha256");
  const line = (value: unknown) => {
    const text = `${JSON.stringify(value)}\n`;
    sum.update(text);
    write(text);
  };
  const { publicKey } = identity;
  line({ stockadeBaseline: 1, at, generation: rows.sealed().generation, publicKey });
  for (const row of db.prepare("SELECT * FROM entries ORDER BY key").iterate()) line(entryOf(row));
  const signature = sign(null, digestOf(sum), identity.signing).toString("base64");
  write(`${JSON.stringify({ signature })}\n`);
}

/** Whether a list that `Baseline.export` wrote is whole and of the machine whose public key this is (PEM). */
export async function verifyExport(
  lines: AsyncIterable<string>,
  publicKey: string,
): Promise<boolean> {
  const sum = createHash("sha256");
  let last: string | undefined;
  for await (const line of lines) {
    if (last !== undefined) sum.update(`${last}\n`);
    last = line;
  }
  const signature = /^\{"signature":"([A-Za-z0-9+/]{86}==)"\}$/.exec(last ?? "")?.[1];
  if (signature === undefined) return false;
  return verify(null, digestOf(sum), createPublicKey(publicKey), Buffer.from(signature, "base64"));
}

function digestOf(sum: Hash): Buffer {
  return Buffer.concat([Buffer.from("stockade baseline export 1\n"), sum.digest()]);
}
