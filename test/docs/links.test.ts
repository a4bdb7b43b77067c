import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

const home = join(import.meta.dirname, "../..");
const pages = [".", "docs", "docs/decisions"].flatMap((folder) =>
  readdirSync(join(home, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

test.each(pages)("each link of %s leads to a page, and to a heading of it", (page) => {
  const text = withoutCode(read(page));
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !target.startsWith("https://") && !leadsSomewhere(page, target));
  expect(broken).toEqual([]);
});

test("each page for users can be reached from README", () => {
  const seen = new Set(["README.md"]);
  for (const page of seen) {
    for (const [, target = ""] of withoutCode(read(page)).matchAll(/\]\(([^)#\s]+\.md)/g)) {
      seen.add(join(dirname(page), target));
    }
  }
  const manual = pages.filter((page) => dirname(page) === "docs");
  expect(manual.filter((page) => !seen.has(page))).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", heading] = target.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  return existsSync(join(home, file)) && (heading === undefined || anchors(file).includes(heading));
}

/** As GitHub makes them of headings. */
function anchors(file: string): string[] {
  if (!basename(file).endsWith(".md")) return [];
  return [...withoutCode(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "");
}

function read(page: string): string {
  return readFileSync(join(home, page), "utf8");
}
