import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../src/collect/command.ts";
import { until } from "./processes.ts";

const never = new AbortController().signal;
const run = (command: string, options: Partial<Parameters<typeof runCommand>[1]> = {}) =>
  runCommand(command, { timeoutMs: 20_000, maxBytes: 10_000, signal: never, ...options });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-command-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether a process with that argument runs. */
function isRunning(argument: string): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/.test(name) && argumentsOf(name).includes(argument);
    } catch {
      // It has ended since.
      return false;
    }
  });
}
function argumentsOf(pid: string): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
}

test.each([
  ["echo one; echo two", "one\ntwo\n", undefined],
  ["printf 'a b' | tr a-z A-Z | sed \"s/ /-/\"", "A-B", undefined],
  ["true", "", undefined],
  ["echo some; false", "some\n", undefined],
  ["echo x | grep y", "", undefined],
  ["echo some; echo 'no  such\nthing' >&2; exit 3", "some\n", "ended with code 3: no such thing"],
  ["echo fine; echo warning >&2", "fine\n", undefined],
  ["exit 126", "", "ended with code 126"],
  ["kill -TERM $$", "", "was ended by SIGTERM"],
  ["cat; echo $PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", undefined],
  ["pwd; echo $HOME", "/\n\n", undefined],
])("%s", async (command, output, problem) => {
  const outcome = await run(command);
  expect({ ...outcome, output: outcome.output.toString() }).toEqual({
    output,
    isCut: false,
    problem,
  });
});

test("a command that is not there", async () => {
  const { problem } = await run("no-such-command-here -x");
  expect(problem).toMatch(/^ended with code 127: .*no-such-command-here: not found$/);
});

describe("the whole group is ended", () => {
  test("when it takes too long", async () => {
    const start = performance.now();
    const command = "echo some; sleep 4711.1 & sleep 4711.2 | cat";
    const { output, problem } = await run(command, { timeoutMs: 300 });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(output.toString()).toBe("some\n");
    expect(problem).toBe("took longer than 0.3 s and was ended");
    await until(() => !isRunning("4711.1") && !isRunning("4711.2"), "their end", 5);
  });

  test("when it says too much", async () => {
    const { output, isCut, problem } = await run("yes | tee /dev/null", { maxBytes: 5000 });
    expect([output.length, isCut]).toEqual([5000, true]);
    expect(problem).toBe("printed more than there is room for and was ended");
  });

  test("when nobody waits for it any longer", async () => {
    const stop = new AbortController();
    const running = run("sleep 4712.1 & sleep 4712.2", { signal: stop.signal });
    await until(() => isRunning("4712.1"), "its start", 5);
    stop.abort();
    await running;
    await until(() => !isRunning("4712.1") && !isRunning("4712.2"), "their end", 5);
    expect((await run("sleep 4712.3", { signal: stop.signal })).problem).toBe(
      "was ended by SIGKILL",
    );
  });

  test("when it leaves something behind", async () => {
    await run("sleep 4713.1 > /dev/null 2>&1 &");
    await until(() => !isRunning("4713.1"), "its end", 5);
  });
});
