import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { difference, type Mutant, mutantsOf, placeOf, planted } from "./mutants.ts";
import { copyRepository, openCompiler, type Run, runTests, type Verdict } from "./trial.ts";

// Plants faults in a copy of the last commit, one at a time, and counts how many of them the tests notice.
const { values: options } = parseArgs({
  options: {
    file: { type: "string", default: "src/{analyse,decode,pattern,collect/join}/**/*.ts" },
    tests: { type: "string", default: "" },
    sample: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    all: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
  },
});
const root = process.cwd();
const store = join(tmpdir(), "stockade-mutants.json");
const folder = fs.mkdtempSync(join(tmpdir(), "stockade-mutants-"));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.once("exit", () => fs.rmSync(folder, { recursive: true, maxRetries: 9 }));
const commit = options.tests + execFileSync("git", ["rev-parse", "HEAD"], { cwd: root });
/** Parts of the names of tests that measure time: they fail on a busy machine. */
const unsteady = ["milliseconds", "takes no time"];
const shared = { STOCKADE_SHARED: join(root, "../shared") };
const env = { ...shared, ...process.env, MUTANT_TESTS: options.tests };

interface Trial extends Mutant {
  readonly text: string;
  readonly key: string;
  readonly rank: string;
}

type Known = Verdict & { readonly commit: string };
type Result = Verdict & { readonly trial: Trial };

const copies = Array.from({ length: Number(options.workers) }, (_, n) => join(folder, `copy-${n}`));
const [first = folder] = copies;
copyRepository(root, first);
const { seconds, without } = await withoutFault();
// With the caches that vitest has filled.
for (const copy of copies.slice(1))
  fs.cpSync(first, copy, { recursive: true, verbatimSymlinks: true });
const compiles = openCompiler(first);
const known = remembered();
const trials = sampled();
const results: Result[] = [];
let refused = 0;
await Promise.all(copies.map(work));
fs.writeFileSync(1, report());

/** What the tests say of sound sources: how long a trial may take, and which tests cannot be trusted just now. */
async function withoutFault(): Promise<{ seconds: number; without: string[] }> {
  const begin = performance.now();
  const failed = (await runTests(["--bail", "0"], { copy: first, env, seconds: 1200 })).by;
  for (const test of failed) process.stderr.write(`fails without a fault, left out: ${test}\n`);
  const names = failed.flatMap((test) => /: (.*)/s.exec(test)?.[1]?.replaceAll(/\W/g, "[^]") ?? []);
  const files = failed.filter((test) => !test.includes(": "));
  const without = files.flatMap((file) => ["--exclude", file]);
  without.push("-t", `^(?![^]*(?:${[...unsteady, ...names].join("|")}))`);
  return { seconds: Math.max(60, (3 * (performance.now() - begin)) / 1000), without };
}

/** All faults in an order that only the seed and the sources decide, so that a sample stays when others change. */
function sampled(): Iterator<Trial> {
  const files = fs.globSync(options.file, { cwd: first }).toSorted();
  const all = files.flatMap((file) => {
    const text = fs.readFileSync(join(first, file), "utf8");
    return mutantsOf(file, text).map((mutant) => trialOf(mutant, text));
  });
  return compiling(all.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)));
}

function* compiling(all: readonly Trial[]): Generator<Trial> {
  let left = options.all ? Number.POSITIVE_INFINITY : Number(options.sample);
  for (const trial of all) {
    if (left <= 0) return;
    if (known.has(trial.key) || compiles(trial.file, planted(trial, trial.text))) {
      left -= 1;
      yield trial;
    } else refused += 1;
  }
}

async function work(copy: string): Promise<void> {
  for (let next = trials.next(); !next.done; next = trials.next()) {
    const trial = next.value;
    const verdict = known.get(trial.key) ?? (await attempt(trial, { copy, env, seconds }));
    results.push({ ...verdict, trial });
    known.set(trial.key, { ...verdict, commit });
    const all = new Map([...remembered(), ...known]);
    fs.writeFileSync(store, JSON.stringify([...all], undefined, 1));
  }
}

async function attempt(trial: Trial, run: Run): Promise<Verdict> {
  const path = join(run.copy, trial.file);
  fs.writeFileSync(path, planted(trial, trial.text));
  const verdict = await runTests(["related", trial.file, ...without], run);
  fs.writeFileSync(path, trial.text);
  const place = placeOf(trial, trial.text);
  process.stderr.write(`${verdict.outcome} ${place} ${verdict.by[0] ?? ""}\n`);
  return verdict;
}

/** What was caught stays so while its file does; what survived is tried again when there may be new tests. */
function remembered(): Map<string, Known> {
  const all: [string, Known][] = fs.existsSync(store)
    ? JSON.parse(fs.readFileSync(store, "utf8"))
    : [];
  return new Map(all.filter(([, one]) => one.outcome !== "survived" || one.commit === commit));
}

function report(): string {
  const folders = Map.groupBy(results, ({ trial }) => dirname(trial.file));
  const rows = [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const survivors = results.filter(({ outcome }) => outcome === "survived");
  return [
    ...survivors.map(({ trial }) => `${difference(trial, trial.text)}\n`),
    ...rows.map(([name, found]) => row(name, found)),
    row("all", results),
    `did not compile, not counted: ${refused}`,
    "",
  ].join("\n");
}

function row(name: string, found: readonly Result[]): string {
  const late = found.filter(({ outcome }) => outcome === "timed out").length;
  const caught = found.filter(({ outcome }) => outcome !== "survived").length;
  const percent = ((100 * caught) / found.length).toFixed(0).padStart(3);
  const timedOut = late > 0 ? `, ${late} by time-out` : "";
  return `${name.padEnd(28)} ${caught}/${found.length} ${percent} %${timedOut}`;
}

function trialOf(mutant: Mutant, text: string): Trial {
  const { file, start, end, replacement } = mutant;
  const key = [file, hash(text), start, end, replacement].join(" ");
  const line = text.slice(text.lastIndexOf("\n", start) + 1, text.indexOf("\n", start));
  const rank = hash([options.seed, file, line, text.slice(start, end), replacement].join(" "));
  return { ...mutant, text, key, rank };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
