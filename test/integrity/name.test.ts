import { describe, expect, test } from "vitest";
import { bytePath, fsPath, nameShown } from "../../src/integrity/name.ts";

const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe("a name that people read", () => {
  test.each([
    ["a plain one as it is", "/etc/passwd", "/etc/passwd"],
    ["UTF-8 as UTF-8", bytes("/home/zoë/日本.txt"), "/home/zoë/日本.txt"],
    ["a newline as an escape", "/tmp/a\nnew line", "/tmp/a\\x0anew line"],
    ["an escape sequence of a terminal", "/tmp/\x1b[2J", "/tmp/\\x1b[2J"],
    ["characters that turn the direction", bytes("/tmp/\u202egnp.exe"), "/tmp/\\u202egnp.exe"],
    ["bytes that are no UTF-8", "/tmp/caf\xe9", "/tmp/caf\\xe9"],
    ["an overlong form", "/tmp/\xc0\xaf", "/tmp/\\xc0\\xaf"],
    ["half a character at the end", "/tmp/\xe6\x97", "/tmp/\\xe6\\x97"],
    ["quotes", `/tmp/'";rm -rf`, `/tmp/'";rm -rf`],
    ["a replacement character that was written", bytes("/tmp/\ufffd"), "/tmp/\ufffd"],
    ["a control character of C1", bytes("/tmp/\u0085"), "/tmp/\\x85"],
  ])("%s", (_, path, shown) => {
    expect(nameShown(path)).toBe(shown);
  });

  test("a long one is cut in its middle, and in no character", () => {
    const path = bytes(`/tmp/${"日".repeat(2000)}/end`);
    const shown = nameShown(path);
    expect(shown.length).toBeLessThanOrEqual(512);
    expect(shown).toMatch(/^\/tmp\/日+…\(\d+ characters\)…日+\/end$/);
  });

  test("of one full of control characters no escape is cut", () => {
    const shown = nameShown("\n".repeat(4000));
    expect(shown.length).toBeLessThanOrEqual(512);
    expect(shown.replace(/…\(\d+ characters\)…/, "")).toMatch(/^(\\x0a)+$/);
  });
});

test("a path is bytes for the file system", () => {
  expect(fsPath("/etc/passwd")).toBe("/etc/passwd");
  expect(fsPath(bytePath("/ä"))).toEqual(Buffer.from("/ä", "utf8"));
});
