import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** What the judge's memory comes to when 100,000 sources send five million lines, in a process as the daemon's is. */
export function sources(): void {
  const script = join(import.meta.dirname, "judge-sources.ts");
  for (const rules of ["shipped", "stock"]) {
    const { status } = spawnSync(
      process.execPath,
      ["--expose-gc", "--max-semi-space-size=4", script, rules],
      { stdio: ["ignore", "inherit", "inherit"] },
    );
    if (status !== 0) throw new Error("judge-sources.ts failed");
  }
}
