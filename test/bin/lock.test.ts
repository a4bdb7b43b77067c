import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { withLock } from "../../src/bin/commands/lock.ts";

const lock = join(import.meta.dirname, "../../src/bin/commands/lock.ts");

test("whoever is killed holds nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stockade-lock-"));
  const file = join(folder, "lock");
  const code = `
    const { withLock } = await import(process.argv[1]);
    await withLock(process.argv[2], async () => {
      console.log("held");
      await new Promise(() => setInterval(() => {}, 1000));
    });`;
  const holder = execa(process.execPath, ["--input-type=module", "-e", code, lock, file], {
    reject: false,
    buffer: false,
  });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const { exitCode } = await execa("flock", ["--nonblock", file, "true"], { reject: false });
  expect(exitCode).toBe(1);
  holder.kill("SIGKILL");
  await holder;
  expect(await withLock(file, () => "mine")).toBe("mine");
  rmSync(folder, { recursive: true });
});
