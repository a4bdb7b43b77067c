import { afterEach, beforeEach, expect, test } from "vitest";
import { namesWhere } from "../../src/integrity/listing.ts";
import { bytePath } from "../../src/integrity/name.ts";
import { openTree, type Tree } from "./tree.ts";

let tree: Tree;
beforeEach(() => {
  tree = openTree();
});
afterEach(() => tree.remove());

test("what is wanted of many, each asked about once and by its bytes", () => {
  for (let n = 0; n < 2500; n++) tree.write(`home/.ssh/${n}`, "");
  tree.write("home/.ssh/ä", "");
  const asked: string[] = [];
  const isWanted = (name: string) => asked.push(name) > 0 && name === bytePath("ä");
  expect(namesWhere(tree.root, "/home/.ssh", isWanted)).toEqual([bytePath("ä")]);
  expect(asked).toHaveLength(2501);
  expect(() => namesWhere(tree.root, "/nowhere", () => true)).toThrow("ENOENT");
});
