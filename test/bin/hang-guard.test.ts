import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { until } from "../cli/scratch.ts";

const node = join(import.meta.dirname, "../../node_modules/.bin/node");
const guard = join(import.meta.dirname, "../../src/bin/hang-guard.ts");

/** A process with the guard, that does `then` after half a second. */
function guarded(then: string) {
  const code = `
    const { guardAgainstHang } = await import(${JSON.stringify(guard)});
    guardAgainstHang(1, (text) => console.log(text));
    setTimeout(() => { ${then} }, 500);
    setTimeout(() => process.exit(7), 4000);
  `;
  return execa(node, ["--input-type=module", "--eval", code], { reject: false });
}

test("a process whose event loop does not turn is killed", async () => {
  const { signal } = await guarded("for (;;);");
  expect(signal).toBe("SIGKILL");
});

test("a process that is stopped is killed, too", async () => {
  const { signal } = await guarded('process.kill(process.pid, "SIGSTOP");');
  expect(signal).toBe("SIGKILL");
});

test("one that lives is left alone; a guard that ends is told and replaced", async () => {
  const script =
    'require("node:child_process").execFileSync("pkill", ["-KILL", "-P", String(process.pid), "bash"])';
  const { exitCode, stdout } = await guarded(
    `import("node:module").then(({ createRequire }) => { const require = createRequire("/"); ${script} })`,
  );
  expect(exitCode).toBe(7);
  expect(stdout).toBe("nobody watches whether this hangs: bash ended, SIGKILL; tried again");
});

test("the guard ends with the process", async () => {
  const running = guarded("");
  const children = async () =>
    (
      await execa("pgrep", ["-f", "stockade-hang-guard", "--parent", `${running.pid}`], {
        reject: false,
      })
    ).stdout;
  await until(async () => (await children()) !== "", "the guard");
  const pid = await children();
  running.kill("SIGKILL");
  await running;
  await until(
    async () => (await execa("ps", ["-p", pid], { reject: false })).exitCode !== 0,
    "its end",
  );
});
