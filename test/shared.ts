import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Where conformance data of other projects lies. It is not part of the repository; set STOCKADE_SHARED to name
 * another place. A test that needs a missing file fails and says so.
 */
export function shared(path: string): string {
  const folder = process.env["STOCKADE_SHARED"] ?? join(import.meta.dirname, "../../shared");
  const file = join(folder, path);
  if (existsSync(file)) return file;
  throw new Error(`conformance data is absent: ${file} (set STOCKADE_SHARED to the folder)`);
}
