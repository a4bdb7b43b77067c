import { expect, test } from "vitest";
import { openScratch } from "./scratch.ts";

// What it does on a server is shown on one: test/system/fleet.ts.
test("what was not installed is not set up", async () => {
  const scratch = openScratch();
  const { exitCode, stderr } = await scratch.cli(["setup", "--answers", "/dev/null"]);
  expect([exitCode, stderr]).toEqual([69, expect.stringContaining("install.sh")]);
  await scratch.remove();
});
