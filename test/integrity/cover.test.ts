import { expect, test } from "vitest";
import { openCoverage } from "../../src/integrity/cover.ts";
import { settingsOf, watching } from "./tree.ts";

test("what a pattern stands in is not covered by it, but by an entry that names it", () => {
  const below = openCoverage(settingsOf(["/srv/www/*"]));
  expect(below.of("/srv/www")).toBeUndefined();
  expect(below.of("/srv")).toBeUndefined();
  expect(below.of("/srv/www/site")).toBeDefined();
  expect(below.leadsTo("/srv/www")).toBe(true);
  const both = openCoverage(settingsOf(["/srv", "/srv/www/*"]));
  expect(both.of("/srv/www")?.watched.settings.path).toBe("/srv");
  expect(openCoverage(settingsOf(["/"])).of("/srv")).toBeDefined();
});

test("what is said of a folder that a merged /usr has as a link holds below /usr", () => {
  const at = { kind: "prefix", pattern: "/lib/a" } as const;
  const match = { kind: "sregex", pattern: "^/sbin/a$|^/srv/a|x" } as const;
  const shown = watching("/usr", { reportChanges: true });
  const settings = settingsOf([shown], { ignore: [at, match], nodiff: [at] });
  const { isIgnored, mayShow, of } = openCoverage(settings);
  const ignored = ["/lib/a", "/usr/lib/ab", "/sbin/a", "/usr/sbin/a", "/srv/a"];
  for (const path of ignored) expect(isIgnored(path), path).toBe(true);
  for (const path of ["/usr/lib/b", "/usr/sbin/ab", "/usr/srv/a", "/usr/lib"])
    expect(isIgnored(path), path).toBe(false);
  const cover = of("/usr/lib/b")!;
  expect(mayShow("/usr/lib/b", cover)).toBe(true);
  expect(mayShow("/usr/lib/a.conf", cover)).toBe(false);
});
