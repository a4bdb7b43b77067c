import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { isAlive } from "../../src/bin/commands/services.ts";
import { until } from "./scratch.ts";

test("a process lives, and an ended one does not, not even as a zombie", async () => {
  // The shell execs into a sleep that never asks for its child's end.
  const parent = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
  const [output] = await parent.stdout.take(1).toArray();
  const child = Number(String(output));
  expect(isAlive(parent.pid ?? 0)).toBe(true);
  await until(() => !isAlive(child), "the end of the child");
  parent.kill("SIGKILL");
  expect(isAlive(2 ** 22 + 1)).toBe(false);
});
