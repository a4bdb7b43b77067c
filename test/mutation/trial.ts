import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import * as z from "zod";

/** What the tests said, and which of them failed. */
export interface Verdict {
  readonly outcome: "caught" | "timed out" | "survived";
  readonly by: readonly string[];
}

/**
 * Puts the last commit of the repository `root` into the new folder `copy`. The packages are links, but the folder that
 * holds them is its own: vitest keeps its caches there.
 */
export function copyRepository(root: string, copy: string): void {
  mkdirSync(join(copy, "node_modules"), { recursive: true });
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", copy], { input: archive });
  const packages = readdirSync(join(root, "node_modules"));
  for (const name of packages.filter((entry) => entry === ".bin" || !entry.startsWith("."))) {
    symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
}

/**
 * Asks the compiler whether the sources in `copy` hold together with `text` in place of a file's own: a fault that it
 * refuses can never be committed, so no test need catch it. Names no longer used are no reason to refuse.
 */
export function openCompiler(copy: string): (file: string, text: string) => boolean {
  const json = ts.readConfigFile(join(copy, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const parsed = ts.parseJsonConfigFileContent(json.config, ts.sys, copy);
  const unused = { noUnusedLocals: false, noUnusedParameters: false, incremental: true };
  const options = { ...parsed.options, ...unused, tsBuildInfoFile: join(copy, "tsbuildinfo") };
  const host = ts.createIncrementalCompilerHost(options);
  const sources = new Map<string, ts.SourceFile | undefined>();
  const read = host.getSourceFile;
  let planted = { path: "", text: "" };
  host.getSourceFile = (path, how) => {
    if (path === planted.path) {
      const source = ts.createSourceFile(path, planted.text, how);
      return Object.assign(source, { version: planted.text });
    }
    if (!sources.has(path)) sources.set(path, read(path, how));
    return sources.get(path);
  };
  const names = parsed.fileNames.filter((path) => path.startsWith(join(copy, "src/")));
  const build = (old?: ts.SemanticDiagnosticsBuilderProgram) =>
    ts.createSemanticDiagnosticsBuilderProgram(names, options, host, old);
  const whole = build();
  if (mistakes(whole) > 0) throw new Error("the sources do not compile without a fault");
  return (file, text) => {
    planted = { path: join(copy, file), text };
    const program = build(whole);
    return program.getSyntacticDiagnostics().length === 0 && mistakes(program) === 0;
  };
}

function mistakes(program: ts.SemanticDiagnosticsBuilderProgram): number {
  let sum = 0;
  for (let next = program.getSemanticDiagnosticsOfNextAffectedFile(); next; ) {
    sum += next.result.length;
    next = program.getSemanticDiagnosticsOfNextAffectedFile();
  }
  return sum;
}

export interface Run {
  readonly copy: string;
  readonly seconds: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs vitest in the copy, politely, and ends it with all its children when its time is up. */
export async function runTests(vitest: readonly string[], run: Run): Promise<Verdict> {
  const { copy, seconds, env } = run;
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const program = [process.execPath, "node_modules/vitest/vitest.mjs", ...vitest, "--run"];
  const config = ["--config", "test/mutation/vitest.config.ts"];
  const output = ["--reporter", "json", "--outputFile", report];
  const command = ["-n", "5", ...program, ...config, ...output];
  const child = spawn("nice", command, { cwd: copy, env, stdio: "ignore", detached: true });
  const end = () => child.pid && process.kill(-child.pid, "SIGKILL");
  process.prependOnceListener("exit", end);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, seconds * 1000);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  process.off("exit", end);
  if (isLate) return { outcome: "timed out", by: [] };
  return { outcome: code === 0 ? "survived" : "caught", by: failures(copy, report) };
}

/** The tests that failed as `file: name`, or the file alone where it could not even be read. */
function failures(copy: string, report: string): string[] {
  if (!existsSync(report)) return [];
  const { testResults } = Report.parse(JSON.parse(readFileSync(report, "utf8")));
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(copy, name);
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length > 0) return failed.map(({ title }) => `${file}: ${title}`);
    return status === "failed" ? [file] : [];
  });
}

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ title: z.string(), status: z.string() })),
    }),
  ),
});
