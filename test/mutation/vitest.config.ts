import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = (file: TestSpecification) =>
      this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0;
    return files.toSorted((a, b) => seconds(a) - seconds(b));
  }
}

// The tests that run for each planted fault. Not test/conformance: alone it takes as long as all of these.
const engine = [
  "test/{analyse,config,decode,pattern,samples,weaknesses}/**/*.test.ts",
  "test/collect/join/**/*.test.ts",
];
const wanted = process.env["MUTANT_TESTS"];

export default defineConfig({
  test: {
    include: wanted ? [wanted] : engine,
    testTimeout: 60_000,
    isolate: false,
    maxWorkers: 1,
    bail: 1,
    passWithNoTests: true,
    sequence: { sequencer: ShortestFirst },
  },
});
