import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";

/** What the judge's memory comes to when 100,000 sources send five million lines, in a process as the daemon's is. */
export function sources(): void {
  const script = join(import.meta.dirname, "judge-sources.ts");
  for (const rules of ["shipped", "stock"]) {
    const { status } = spawnSync(process.execPath, [...nodeFlags.stockaded, script, rules], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...mallocVariables },
    });
    if (status !== 0) throw new Error("judge-sources.ts failed");
  }
}
