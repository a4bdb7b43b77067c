import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { type Address, AddressSchema } from "../../core/address.ts";

const Record = z.strictObject({ version: z.literal(1), addresses: z.array(AddressSchema) });

/** Which addresses a run has used, so that the next one ends their blocks where it was killed. */
export interface LeftBehind {
  /** Those of a run that did not end well. */
  readonly before: readonly Address[];
  add(address: Address): void;
  readonly now: readonly Address[];
  /** All is undone. */
  clear(): void;
}

export function openLeftBehind(file: string): LeftBehind {
  const now: Address[] = [];
  const before = readBefore(file);
  return {
    before,
    now,
    add(address) {
      now.push(address);
      mkdirSync(dirname(file), { recursive: true });
      const record = { version: 1, addresses: [...before, ...now] };
      writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    },
    clear: () => rmSync(file, { force: true }),
  };
}

function readBefore(file: string): Address[] {
  try {
    return Record.parse(JSON.parse(readFileSync(file, "utf8"))).addresses;
  } catch {
    // No run was cut short.
    return [];
  }
}
