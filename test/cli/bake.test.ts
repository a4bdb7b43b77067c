import { expect, test } from "vitest";
import { openScratch } from "./scratch.ts";

// What it does on a server is shown on one: test/system/image.test.ts.
test("what was not installed is not baked", async () => {
  const scratch = openScratch();
  const { exitCode, stderr } = await scratch.cli(["bake", "--yes"]);
  expect([exitCode, stderr]).toEqual([69, expect.stringContaining("was not installed")]);
  await scratch.remove();
});
