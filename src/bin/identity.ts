import { hostname } from "node:os";
import type { Paths } from "../config/paths.ts";
import { readPlainFile } from "./plain-file.ts";

/** Which server this is. The name may change, and two servers may have the same one; the id stays and is nobody else's. */
export interface Identity {
  readonly name: string;
  /** Undefined in an image, and until the first start has made one. */
  readonly id?: string | undefined;
}

const pattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Root makes the file, see installer/server/first-boot. Never throws. */
export function identityOf({ identity }: Paths): Identity {
  return { name: hostname(), id: read(identity) };
}

function read(file: string): string | undefined {
  try {
    const text = readPlainFile(file, 100).trim();
    return pattern.test(text) ? text : undefined;
  } catch {
    // An image, or a checkout in which nothing was installed.
    return undefined;
  }
}
