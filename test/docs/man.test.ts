import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const pages = readdirSync("docs/man");

/** As man(1) has them, so that one page can stand for another. */
const tree = mkdtempSync(join(tmpdir(), "stockade-man-"));
for (const page of pages) {
  const folder = join(tree, `man${page.at(-1)}`);
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(process.cwd(), "docs/man", page), join(folder, page));
}

test.each(pages)("%s: groff has nothing to say against it", (page) => {
  const script = 'man --warnings=w --local-file "$1" 2>&1 > /dev/null';
  const file = join(tree, `man${page.at(-1)}`, page);
  const env = { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFSEQ: "" };
  expect(
    execFileSync("bash", ["-c", script, "_", file], { encoding: "utf8", env, cwd: tree }),
  ).toBe("");
});

test("each process that systemd starts has a page", () => {
  const processes = ["stockade", "stockaded", "stockade-respond", "stockade-execute"];
  expect(pages).toEqual(expect.arrayContaining(processes.map((name) => `${name}.8`)));
});
