import { expect, test } from "vitest";
import { openScratch } from "./scratch.ts";

// What it does on a server is shown on one: test/system/removal.ts.
test("what was not installed is not removed", async () => {
  const scratch = openScratch();
  const { exitCode, stderr } = await scratch.cli(["uninstall", "--purge"]);
  expect([exitCode, stderr]).toEqual([69, expect.stringContaining("was not installed")]);
  await scratch.remove();
});
