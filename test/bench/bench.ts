import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { throughput } from "./throughput.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-bench-"));
try {
  throughput(folder, 200_000);
} finally {
  rmSync(folder, { recursive: true });
}
