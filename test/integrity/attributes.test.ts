import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAttributes, readAttributes } from "../../src/integrity/attributes.ts";
import { run } from "../../src/integrity/run.ts";
import { openTree, settingsOf, type Tree, told } from "./tree.ts";

let tree: Tree;
beforeEach(() => {
  tree = openTree();
});
afterEach(() => tree.remove());

const written =
  "# file: /usr/bin/ping\nsecurity.capability=0x0100000200200000\nuser.a\\075b=\n\n# file: /tmp/new\\012line\\134x\nuser.x=0x79\n\n";

test("what getfattr writes is read, with names of every kind", () => {
  expect(new Map(parseAttributes(written))).toEqual(
    new Map([
      ["/usr/bin/ping", { "security.capability": "0100000200200000", "user.a=b": "" }],
      ["/tmp/new\nline\\x", { "user.x": "79" }],
    ]),
  );
});

test("a capability that is given to a file is a change", async () => {
  tree.write("usr/bin/x", "x");
  const settings = settingsOf(["/usr/bin"]);
  let output = "";
  const asked: string[] = [];
  const fake = (_: string, _args: readonly string[], input?: Buffer) => {
    asked.push(`${input}`);
    return Promise.resolve({ ok: true, output } as const);
  };
  await tree.scan(settings, { run: fake });
  expect(tree.baseline.get("/usr/bin/x")?.attributes).toEqual({});
  expect(asked[0]?.split("\0")).toEqual([tree.at("usr/bin"), tree.at("usr/bin/x"), ""]);
  output = `# file: ${tree.at("usr/bin/x")}\nsecurity.capability=0x01\n\n`;
  const changes = await tree.scan(settings, { run: fake, full: true });
  expect(told(changes)).toEqual(["modified /usr/bin/x"]);
  expect(changes[0]?.after?.attributes).toEqual({ "security.capability": "01" });
});

test("without getfattr it is told, and nothing else is missed", async () => {
  tree.write("usr/bin/x", "x");
  const settings = settingsOf(["/usr/bin"]);
  const none = () => Promise.resolve({ ok: false, reason: "getfattr: not there" } as const);
  await tree.scan(settings);
  tree.write("usr/bin/x", "y");
  expect(told(await tree.scan(settings, { run: none }))).toEqual(["modified /usr/bin/x"]);
  expect(tree.troubles).toMatchObject([{ kind: "attributes", reason: "getfattr: not there" }]);
});

test("names of any bytes are handed over as they are, and known again", async () => {
  const name = "/usr/bin/a\xff\xe9\n'x";
  let input: Buffer | undefined;
  const output = "# file: /usr/bin/a\xff\xe9\\012'x\nsecurity.capability=0x01\n\n";
  const fake = (_: string, _args: readonly string[], given?: Buffer) => {
    input = given;
    return Promise.resolve({ ok: true, output } as const);
  };
  const read = await readAttributes(fake, "/", [name]);
  expect(input).toEqual(Buffer.from(`${name}\0`, "latin1"));
  expect(read.ok && read.of.get(name)).toEqual({ "security.capability": "01" });
});

test("a program reads what it is given, however much, in several commands", async () => {
  const names = Array.from({ length: 300 }, (_, n) => `${"\xff".repeat(4000)}${n}\0`);
  const input = Buffer.from(names.join(""), "latin1");
  const ran = await run("/usr/bin/xargs", ["-0", "/usr/bin/printf", "%s\\0"], input);
  expect(ran).toEqual({ ok: true, output: names.join("") });
  // Nothing of it is read.
  expect(await run("/usr/bin/true", [], input)).toEqual({ ok: true, output: "" });
});

test("a program that xargs cannot start is told of; one that complains has told of the rest", async () => {
  const input = Buffer.from("/\0/nowhere\0");
  expect(await run("/usr/bin/xargs", ["-0", "/nowhere/getfattr"], input)).toEqual({
    ok: false,
    reason: "/usr/bin/xargs: /nowhere/getfattr: No such file or directory",
  });
  expect(await run("/usr/bin/xargs", ["-0", "/usr/bin/ls", "-d"], input)).toEqual({
    ok: true,
    output: "/\n",
  });
});

test("no shell sees what a command is given, and one that is not there is no crash", async () => {
  expect(await run("/bin/echo", ["$(id)", "; id", "é"])).toEqual({
    ok: true,
    output: "$(id) ; id Ã©\n",
  });
  const absent = await run("/nowhere/getfattr", []);
  expect(absent).toMatchObject({ ok: false, reason: expect.stringContaining("/nowhere/getfattr") });
});

test("what has more attributes than can be read takes no other file's along", async () => {
  for (const name of ["a", "b", "fat", "x"]) tree.write(`srv/${name}`, name);
  const settings = settingsOf(["/srv"]);
  const attributes = (path: string) => `# file: ${path}\nsecurity.capability=0x01\n\n`;
  let capable = "";
  const fake = async (_: string, _args: readonly string[], input?: Buffer) => {
    if (`${input}`.includes("fat")) return await run("/usr/bin/head", ["-c", "20M", "/dev/zero"]);
    return { ok: true, output: `${input}`.includes("srv/x") ? capable : "" } as const;
  };
  await tree.scan(settings, { run: fake });
  expect(tree.troubles).toMatchObject([
    { kind: "attributes", reason: expect.stringMatching("wrote too much|maxBuffer") },
  ]);
  capable = attributes(tree.at("srv/x"));
  const changes = await tree.scan(settings, { run: fake, full: true });
  expect(changes.map(({ after }) => [after?.path, after?.attributes])).toEqual([
    ["/srv/x", { "security.capability": "01" }],
  ]);
  expect(tree.baseline.get("/srv/fat")?.attributes).toBeUndefined();
});
