import { hostname } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identity } from "../../src/bin/doctor/checks/identity.ts";
import { identityOf } from "../../src/bin/identity.ts";
import { openWorld, type World } from "./doctor/world.ts";

const id = "6f1d6a0e-7d0c-4f3e-9a55-0d1f2b3c4d5e";
const file = "/var/lib/stockade/identity";
let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.remove());
const found = () => identityOf(world.machine().context.paths);

test("a server's name, and the id that root has made", () => {
  world.file(file, `${id}\n`);
  expect(found()).toEqual({ name: hostname(), id });
});

test.each(["", "web1\n", `${id}\n${id}\n`, `${id}\r\nBcc: x@example.com\n`])(
  "%j is no id",
  (content) => {
    world.file(file, content);
    expect(found().id).toBeUndefined();
  },
);

test("an image has none, and the doctor says what makes one", () => {
  expect(found().id).toBeUndefined();
  expect(identity(world.machine())).toMatchObject([{ state: "ok" }]);
  expect(identity(world.machine({ server: found() }))).toMatchObject([
    { state: "wrong", fix: "/usr/lib/stockade/first-boot" },
  ]);
});
