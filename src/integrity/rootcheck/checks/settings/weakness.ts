import type { BytePath } from "../../../entry.ts";
import { nameShown } from "../../../name.ts";
import type { Sign } from "../../check.ts";

/** A setting that is weaker than it should be. `what` is printable. */
export function weakness(key: string, what: string, path: BytePath): Sign {
  const file = nameShown(path);
  const text = `System Audit: ${what}. File: ${file}.`;
  return { key: `audit ${key}`, text, kind: "audit", file, inOne: true };
}
