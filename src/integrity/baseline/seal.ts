import { createHmac, sign, verify } from "node:crypto";
import type { Identity } from "./identity.ts";

/** What is signed of all rows together. */
export interface Sealed {
  readonly generation: number;
  readonly rows: number;
  /** The sum of the marks of all rows, modulo 2^256: the same in whatever order they came. */
  readonly sum: bigint;
  /** What was found tampered with while it was used, for people; empty where nothing was. */
  readonly doubt: string;
}

export const unsealed: Sealed = { generation: 0, rows: 0, sum: 0n, doubt: "" };

/** A message authentication code of one row. */
export type Mark = Uint8Array;

/** The mark of a row: its table, and its columns as texts. */
export function markOf(
  identity: Identity,
  table: string,
  columns: readonly (string | null)[],
): Mark {
  // As JSON, so that no two rows can look alike.
  return createHmac("sha256", identity.rows)
    .update(JSON.stringify([table, ...columns]))
    .digest();
}

export function isSameMark(one: Mark, other: unknown): boolean {
  return other instanceof Uint8Array && Buffer.compare(one, other) === 0;
}

/** With a row more (`sign` 1) or less (-1): what a change costs does not depend on how many there are. */
export function counted(sealed: Sealed, mark: unknown, by: 1 | -1): Sealed {
  const number =
    mark instanceof Uint8Array ? BigInt(`0x${Buffer.from(mark).toString("hex") || 0}`) : 0n;
  const sum = BigInt.asUintN(256, sealed.sum + BigInt(by) * number);
  return { ...sealed, rows: sealed.rows + by, sum };
}

export function signed(identity: Identity, sealed: Sealed): Uint8Array {
  return sign(null, wording(sealed), identity.signing);
}

export function isSigned(identity: Identity, sealed: Sealed, signature: unknown): boolean {
  if (!(signature instanceof Uint8Array)) return false;
  return verify(null, wording(sealed), identity.publicKey, signature);
}

function wording({ generation, rows, sum, doubt }: Sealed): Buffer {
  return Buffer.from(
    JSON.stringify(["stockade baseline 1", generation, rows, sum.toString(16), doubt]),
  );
}
