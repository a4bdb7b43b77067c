/** `npm run docs`: writes what the tables of the readers say of each option into the pages that have a place for it. */
import { readFileSync, writeFileSync } from "node:fs";
import { withParts } from "./reference.ts";

for (const page of ["docs/configure.md", "docs/man/stockade.conf.5"]) {
  writeFileSync(page, withParts(readFileSync(page, "utf8")));
}
