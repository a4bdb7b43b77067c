import { chmodSync, chownSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAlive } from "../../../src/bin/commands/services.ts";
import { caller } from "../../../src/respond/execute/call.ts";
import { custom } from "../../../src/respond/execute/custom.ts";
import { addressOf, memoryLog, remove } from "../machine.ts";
import { anExecution, openPlace, type Place, telling } from "./bench.ts";

let place: Place;
beforeEach(() => {
  place = openPlace();
});
afterEach(() => remove(place.root));

function open(seconds = 10) {
  const log = memoryLog();
  return { log, program: custom(place.paths.executables, caller(seconds), log) };
}

describe("the arguments, in OSSEC's order", () => {
  test("what is absent is a hyphen", async () => {
    place.executable("page.sh", telling);
    const { program } = open();
    const { address: _address, location: _location, ...bare } = anExecution();
    await program.add(anExecution());
    await program.delete({ ...bare, user: "bob", filename: "/srv/a" });
    expect(place.calls()).toEqual([
      "add|-|192.0.2.7|1763770000.5270|5712|/var/log/auth.log|-",
      "delete|bob|-|1763770000.5270|5712|-|/srv/a",
    ]);
  });

  test("W25: an argument with blanks stays one, and no shell looks at it", async () => {
    place.executable("page.sh", telling);
    const { program } = open();
    const filename = "/srv/a b; touch TOLD.$(id) `id` * \"'\\";
    await program.add(anExecution({ filename, location: "df -P | sort" }));
    expect(place.calls()).toEqual([
      `add|-|192.0.2.7|1763770000.5270|5712|df -P | sort|${filename}`,
    ]);
  });

  test("nothing of our environment is told", async () => {
    place.executable("page.sh", "#!/bin/sh\n{ env; pwd; } > TOLD\n");
    process.env["STOCKADE_SECRET"] = "x";
    await open().program.add(anExecution());
    delete process.env["STOCKADE_SECRET"];
    const names = place.calls().map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual(["/", "LC_ALL", "PATH", "PWD"]);
  });
});

describe("W25: the end of a program is looked at", () => {
  test.each([
    ["#!/bin/sh\necho it is full >&2\nexit 3\n", "ended with exit code 3: it is full"],
    ["#!/bin/sh\nkill -SEGV $$\n", "was ended by SIGSEGV"],
    ["#!/nowhere/sh\n", expect.stringMatching(/ENOENT/)],
    ["no program", expect.stringMatching(/ENOEXEC|EACCES|exit code 127/)],
  ])("%j", async (script, reason) => {
    place.executable("page.sh", script);
    expect(await open().program.add(anExecution())).toEqual({ ok: false, reason });
  });

  test("what takes too long is killed, with all it has started", async () => {
    place.executable("page.sh", "#!/bin/sh\nsleep 60 &\necho $! >> TOLD\nsleep 60\n");
    const begin = performance.now();
    const done = await open(1).program.add(anExecution());
    expect(done).toEqual({ ok: false, reason: "took longer than 1 s" });
    expect(performance.now() - begin).toBeLessThan(10_000);
    const [child = ""] = place.calls();
    expect(child).toMatch(/^\d+$/);
    await expect.poll(() => isAlive(Number(child)), { timeout: 20_000 }).toBe(false);
  });

  test("what it leaves running in the background is not waited for", async () => {
    place.executable("page.sh", "#!/bin/sh\nsleep 20 &\necho begun\n");
    const { program, log } = open();
    const begin = performance.now();
    expect(await program.add(anExecution())).toEqual({ ok: true });
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(log.lines).toEqual(["page add said: begun"]);
  });

  test("what it prints is logged, and no more than 4096 bytes of it", async () => {
    place.executable("page.sh", "#!/bin/sh\nyes 0123456789 | head -c 10000000\n");
    const { program, log } = open();
    expect(await program.add(anExecution())).toEqual({ ok: true });
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.length).toBeLessThan(4200);
  });
});

describe("only what is root's alone is run", () => {
  const refused = async (name = "page.sh") =>
    await open().program.add(anExecution({ executable: name }));
  const path = () => join(place.paths.executables, "page.sh");
  beforeEach(() => void place.executable("page.sh", telling));
  afterEach(() => expect(place.calls()).toEqual([]));

  test.each<[string, () => void, RegExp]>([
    ["a file of somebody else", () => chownSync(path(), 1234, 0), /belongs to user 1234/],
    ["a file its group may write", () => chmodSync(path(), 0o775), /written by others.*go-w/],
    ["a file anybody may write", () => chmodSync(path(), 0o757), /written by others/],
    ["a file that is not executable", () => chmodSync(path(), 0o644), /chmod 755/],
    [
      "a folder anybody may write",
      () => chmodSync(place.paths.executables, 0o777),
      /bin can be written by others/,
    ],
    [
      "a folder above that is somebody else's",
      () => chownSync(join(place.root, "etc/stockade"), 1234, 0),
      /etc\/stockade belongs to user 1234/,
    ],
    ["nothing", () => rmSync(path()), /does not exist/],
  ])("%s", async (_title, change, reason) => {
    change();
    expect(await refused()).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test("a link, even to a file of root's", async () => {
    rmSync(path());
    symlinkSync("/bin/true", path());
    expect(await refused()).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/is a link/),
    });
  });

  test("a folder that is a link", async () => {
    rmSync(place.paths.executables, { recursive: true });
    symlinkSync("/bin", place.paths.executables);
    expect(await refused("true")).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/is reached by a link/),
    });
  });

  test("a folder in the place of the file", async () => {
    rmSync(path());
    writeFileSync(join(place.root, "x"), "");
    expect(await refused(".")).toMatchObject({ ok: false });
  });
});

test("an address is told as it is written in the log of the kernel: no zone, no brackets", async () => {
  place.executable("page.sh", telling);
  await open().program.add(anExecution({ address: addressOf("2001:DB8::7") }));
  expect(place.calls()[0]).toContain("|2001:db8::7|");
});
