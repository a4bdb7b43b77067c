import { expect, test } from "vitest";
import { openCoverage } from "../../src/integrity/cover.ts";
import { settingsOf } from "./tree.ts";

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
