import { describe, expect, test } from "vitest";
import { linePattern, namePattern } from "../../../src/integrity/rootcheck/formats/line-pattern.ts";
import { readPolicy } from "../../../src/integrity/rootcheck/formats/policy.ts";
import { readRootkitFiles } from "../../../src/integrity/rootcheck/formats/rootkit-files.ts";
import { readRootkitTrojans } from "../../../src/integrity/rootcheck/formats/rootkit-trojans.ts";

describe("rootkit_files.txt", () => {
  test("a path below the root, a name for any folder, the whole name of the rootkit", () => {
    const text =
      "# rootkits\n\ntmp/.a b   ! Bash door ::/rootkits/bash.php\n*/evil.so ! Evil\n/dev/x!X\n";
    expect(readRootkitFiles(text)).toEqual({
      held: [
        { path: "/tmp/.a b", rootkit: "Bash door" },
        { path: "evil.so", rootkit: "Evil" },
        { path: "/dev/x", rootkit: "X" },
      ],
      mistakes: [],
    });
  });

  test("a line without a path or a name is told, and the others are read", () => {
    const { held, mistakes } = readRootkitFiles("nothing\n! Name\ntmp/x !\ntmp/y ! Y\n");
    expect(held).toEqual([{ path: "/tmp/y", rootkit: "Y" }]);
    expect(mistakes.map((one) => one.split(":")[0])).toEqual(["1", "2", "3"]);
  });

  test("a pattern that can match no file is told", () => {
    const { held, mistakes } = readRootkitFiles("*/sub/x ! Deep\n*x ! Half\n*/x ! Anywhere\n");
    expect(held.map(({ path }) => path)).toEqual(["x"]);
    expect(mistakes.map((one) => one.split(":")[0])).toEqual(["1", "2"]);
  });

  test("names are bytes", () => {
    expect(readRootkitFiles("tmp/ü ! Ü\n").held).toEqual([{ path: "/tmp/\xc3\xbc", rootkit: "Ü" }]);
  });
});

describe("rootkit_trojans.txt", () => {
  test("a program or a path, an extended regular expression, a description or none", () => {
    const { held, mistakes } = readRootkitTrojans(
      "ls  !bash|^/bin/sh|dev/[^clu]!\n/etc/hosts !^[^#]*example\\.com! A host\ninit !bash|/dev/h\n",
    );
    expect(mistakes).toEqual([]);
    expect(held.map(({ program, description }) => [program, description])).toEqual([
      ["ls", ""],
      ["/etc/hosts", "A host"],
      ["init", ""],
    ]);
    expect(held[0]?.pattern.test("/dev/xyz")).toBe(true);
    expect(held[0]?.pattern.test("/dev/null/cl")).toBe(true);
    expect(held[0]?.pattern.test("/dev/log")).toBe(false);
  });

  test("a pattern that is none is told with its line", () => {
    const { held, mistakes } = readRootkitTrojans("ls !a(b!\nps !a!\n");
    expect(held).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^1: /);
  });
});

describe("patterns of audits", () => {
  test.each([
    ["r:^PermitRootLogin\\s+yes", "PermitRootLogin  yes", true],
    ["r:^a && r:b$", "a to b", true],
    ["r:^a && !r:b$", "a to b", false],
    ["!r:^#", "# comment", false],
    ["=:Equal", "eQUAL", true],
    ["Equal", "equals", false],
    [">:$wp_version = '4.4.2'", "$wp_version = '4.1'", true],
    [">:$wp_version = '4.4.2'", "$wp_version = '5.0'", false],
    ["<:b", "c", true],
  ])("%s on %s: %s", (source, line, holds) => {
    expect(linePattern(source).test(line)).toBe(holds);
  });

  test("all of it is negated, or not", () => {
    expect(linePattern("!r:a && !r:b").isNegative).toBe(true);
    expect(linePattern("!r:a && r:b").isNegative).toBe(false);
  });

  test.each([
    ["^.shell$", ".shell", true],
    ["^.shell$", "xshell", false],
    [".php$", "index.php", true],
    ["r:^\\w+.txt$", "a.txt", true],
  ])("the name %s on %s: %s", (source, name, holds) => {
    expect(namePattern(source)(name)).toBe(holds);
  });
});

describe("system_audit files", () => {
  test("variables, entries, and each kind of line", () => {
    const { entries, mistakes } = readPolicy(
      [
        "# an audit",
        "$web=/var/www,/srv/www;",
        "$ini = /etc/a.ini;",
        "[A setting {PCI_DSS: 2.2}] [any] [https://example.com/a]",
        "f:$ini,/etc/b.ini -> r:^on && !r:off;",
        "f:$ini -> r:^on;",
        "[A shell] [all required] []",
        "d:$web -> ^.php$ -> r:eval;",
        "f:!/etc/marker;",
        "p:/usr/sbin/telnetd;",
        "p:r:telnet;",
      ].join("\n"),
    );
    expect(mistakes.map((one) => one.split(":")[0])).toEqual(["5"]);
    expect(entries.map(({ name }) => name)).toEqual(["A shell"]);
    const [shell] = entries;
    expect(shell).toMatchObject({ needsAll: true, isRequired: true, reference: "" });
    expect(shell?.tests).toMatchObject([
      { kind: "folder", paths: ["/var/www", "/srv/www"], isNegated: false },
      { kind: "file", paths: ["/etc/marker"], isNegated: true },
      { kind: "process", paths: ["/usr/sbin/telnetd"], program: undefined },
      { kind: "process" },
    ]);
    expect(shell?.tests[3]?.program?.test("/usr/sbin/in.telnetd")).toBe(true);
  });

  test("an entry with a line that cannot be read is left out whole, the next one is not", () => {
    const { entries, mistakes } = readPolicy(
      "[One] [any] []\nf:/a;\nq:/b;\n[Two] [some] []\nf:/c;\n[Three] [any]\nf:/d;\nf:relative;\n[Four] [any] []\nf:/e;\n",
    );
    expect(entries.map(({ name }) => name)).toEqual(["Four"]);
    expect(mistakes.map((one) => one.split(":")[0])).toEqual(["3", "4", "8"]);
  });

  test("a line before any entry, a variable that nobody defined", () => {
    expect(readPolicy("f:/a;\n[A] [any] []\nf:$none -> r:x;\n").mistakes).toEqual([
      '1: expected [NAME] [any or all] [REFERENCE] before it, found "f:/a;"',
      '3: $none is not defined before it, found "f:$none -> r:x;"',
    ]);
  });
});
