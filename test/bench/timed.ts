import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What a command cost. */
export interface Cost {
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
  /** Megabytes. */
  readonly peak: number;
}

const program = "/usr/bin/time";

/** Runs a line of the shell, whatever its exit code; the peak is that of the largest of its processes. Throws where time(1) is absent. */
export function timed(command: string): Cost {
  if (!existsSync(program)) throw new Error(`no ${program}: apt-get install time`);
  const { stderr } = spawnSync(program, ["-f", "%e %U %S %M", "sh", "-c", command], {
    encoding: "utf8",
  });
  const figures = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  const [wall = Number.NaN, user = 0, system = 0, kilobytes = 0] = figures;
  return { wall, cpu: user + system, peak: kilobytes / 1024 };
}
