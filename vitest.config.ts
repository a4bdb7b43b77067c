import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const project = (name: string, include: string[], seconds: number, exclude: string[] = []) => ({
  test: {
    name,
    include,
    exclude: ["node_modules/**", "test/boundaries/**", ...exclude],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    // A machine that is busy with other tests takes its time; who waits for a condition waits no longer than that.
    expect: { poll: { timeout: 10_000 } },
  },
});

/** What takes many minutes, by the variable that asks for it: see docs/testing.md. */
const onRequest = {
  STOCKADE_COMPARISON: "test/system/comparison.test.ts",
  STOCKADE_FLEET: "test/system/fleet.test.ts",
  STOCKADE_KILL_FILES: "test/integrity/kill-files.test.ts",
  STOCKADE_SMALL_MACHINE: "test/system/small-machine.test.ts",
};
const leftOut = Object.entries(onRequest).filter(([name]) => process.env[name] === undefined);
for (const [name, file] of leftOut) {
  process.stderr.write(`*** left out, for it takes long: ${file} (${name}=1) ***\n`);
}

const leftOutFiles = leftOut.map(([, file]) => file);

/** Those that take longest: what begins last ends the run. */
const longest = ["trixie.test.ts", "bookworm.test.ts", "broken-worlds.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.indexOf(basename(moduleId));
      return found === -1 ? longest.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Many tests wait for processes of their own: on a machine with two cores one worker leaves most of both idle.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      project("unit", ["test/**/*.test.ts"], 60, ["test/system/**", ...leftOutFiles]),
      {
        test: {
          ...project("system", ["test/system/**/*.test.ts"], 900, leftOutFiles).test,
          // Each file boots a site of its own, which waits more than it works.
          maxWorkers: 3,
          globalSetup: ["test/system/setup.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
