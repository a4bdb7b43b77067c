import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocks } from "./blocks.ts";
import { integrity } from "./integrity.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { sources } from "./sources.ts";
import { throughput } from "./throughput.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-bench-"));
try {
  throughput(folder, 200_000);
  await integrity(folder);
} finally {
  rmSync(folder, { recursive: true });
}
sources();
await memory();
await latency();
await blocks();
