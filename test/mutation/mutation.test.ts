import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { difference, mutantsOf, planted } from "./mutants.ts";

test("each kind of fault is planted once, in code and not in types", () => {
  const text = [
    'import { b } from "b";',
    "export function f(a: 1 | 2, list = [a]): number | undefined {",
    "  if (a < b && !list) return a ?? 5;",
    "  else b();",
    "  return /x/.test(a) ? undefined : -a;",
    "}",
  ].join("\n");
  const lines = mutantsOf("f.ts", text).map((mutant) => difference(mutant, text).split("\n+ ")[1]);
  expect(lines).toEqual([
    "export function f(a: 1 | 2, list = []): number | undefined {",
    "if (!(a < b && !list)) return a ?? 5;",
    "if (a < b && !list) return a ?? 5;",
    "if (a < b || !list) return a ?? 5;",
    "if (a <= b && !list) return a ?? 5;",
    "if (a >= b && !list) return a ?? 5;",
    "if (a < b && list) return a ?? 5;",
    "if (a < b && !list) return undefined;",
    "if (a < b && !list) return (a);",
    "if (a < b && !list) return (5);",
    "if (a < b && !list) return a ?? (6);",
    "if (a < b && !list) return a ?? (4);",
    "else ;",
    "return undefined;",
    "return /x/.test(a) ? -a : undefined;",
    "return /(?:)/.test(a) ? undefined : -a;",
  ]);
  expect(mutantsOf("f.ts", text).every((mutant) => planted(mutant, text) !== text)).toBe(true);
});

test("a fault is caught where a test looks, survives elsewhere, and is not counted if refused", () => {
  const toy = mkdtempSync(join(tmpdir(), "stockade-toy-"));
  try {
    plantToy(toy);
    const program = join(import.meta.dirname, "mutation.ts");
    const output = execFileSync(process.execPath, [program, "--all", "--workers", "1"], {
      cwd: toy,
      env: { ...process.env, TMPDIR: toy, VITEST: undefined },
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
    expect(output).toBe(
      [
        "src/analyse/toy.ts:2\n- export const unlooked = (a: number): boolean => -a === a;",
        "+ export const unlooked = (a: number): boolean => -a !== a;\n",
        "src/analyse                  1/2  50 %",
        "all                          1/2  50 %",
        "did not compile, not counted: 2\n",
      ].join("\n"),
    );
  } finally {
    rmSync(toy, { recursive: true });
  }
}, 120_000);

/** A repository with two functions, of which one is tested. */
function plantToy(toy: string): void {
  const files = {
    "tsconfig.json": '{"compilerOptions": {"strict": true, "types": []}, "include": ["src"]}',
    "package.json": '{"type": "module"}',
    "src/analyse/toy.ts": [
      "export const looked = (a: number): boolean => a === a;",
      "export const unlooked = (a: number): boolean => -a === a;",
    ].join("\n"),
    "test/analyse/toy.test.ts": [
      'import { expect, test } from "vitest";',
      'import { looked } from "../../src/analyse/toy.ts";',
      'test("is itself", () => expect(looked(1)).toBe(true));',
    ].join("\n"),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(toy, name, ".."), { recursive: true });
    writeFileSync(join(toy, name), `${text}\n`);
  }
  const config = "test/mutation/vitest.config.ts";
  cpSync(join(import.meta.dirname, "vitest.config.ts"), join(toy, config));
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(toy, "node_modules"));
  writeFileSync(join(toy, ".gitignore"), "node_modules\n");
  const author = ["-c", "user.name=toy", "-c", "user.email=toy@localhost"];
  const git = (...args: string[]) => execFileSync("git", [...author, ...args], { cwd: toy });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "toy");
}
