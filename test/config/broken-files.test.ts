import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { Failure } from "../../src/core/failure.ts";

const file = join(mkdtempSync(join(tmpdir(), "stockade-config-")), "s.conf");
afterEach(() => rmSync(file, { recursive: true, force: true }));

/** What is wrong, with "FILE" for the file's path. */
function problem(): string {
  try {
    loadSettings(file);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.message.replaceAll(file, "FILE");
    throw thrown;
  }
  return "nothing";
}

describe("a file that can be no settings is refused in one line, at once", () => {
  test.each([
    ["nothing", "", "FILE:1: the file is empty"],
    ["blanks", " \t\r\n\r\n", "FILE:1: the file is empty"],
    ["a program", "\x7fELF\n\x01\x00\x00<global>", "FILE:2: a zero byte: this is no text file"],
    ["text", "hello\nworld\n", 'FILE:1: text outside of any element: "hello\nworld"'],
    ["ten megabytes", "x".repeat(10_000_000), "FILE has 10000000 bytes, expected at most 2097152"],
    [
      "an element without an end",
      "<a>\n<b>\n",
      "FILE:3: Expected closing tag 'b' (opened in line 2,",
    ],
    ["an end without a beginning", "<a>\n</a>\n</b>", "FILE:3: "],
    ["ends crossed", "<a>\n<b>\n</a></b>", "FILE:3: Expected closing tag 'b'"],
    ["a comment without an end", "<a>\n<!-- x -- >\n</a>", "FILE:2: a comment without an end"],
    ["a tag cut off", "<ossec_config>\n<global", "FILE:2: "],
    [
      "two roots",
      "<ossec_config/>\n<stockade_config>\n<x/></stockade_config>",
      "FILE:3: <x> is no",
    ],
    [
      "marks and tabs",
      "\ufeff<ossec_config>\r\n\t<x/>\r\n</ossec_config>\r\n",
      "FILE:2: <x> is no",
    ],
  ])("%s", (_name, text, message) => {
    writeFileSync(file, text);
    expect(problem()).toContain(message);
  });

  test.each([
    ["elements", "<a>\n".repeat(20_000) + "</a>".repeat(20_000), "FILE:99: more than 98 elements"],
    ["comments", `<a>${" <!".repeat(500_000)}</a>`, "FILE:1: a comment without an end"],
    ["brackets", "<".repeat(2_000_000), "FILE:1: "],
    ["words", `<global><white_list>${"ab ".repeat(600_000)}</white_list></global>`, "a host name"],
  ])("any number of %s", (_name, text, message) => {
    writeFileSync(file, text);
    expect(problem()).toContain(message);
    expect(problem().length).toBeLessThan(500);
  });

  test("ninety elements in one another, with a bracket in an attribute, are no mistake of nesting", () => {
    writeFileSync(file, `${'<a x=">"/>'.repeat(200)}${"<a>".repeat(90)}${"</a>".repeat(90)}`);
    expect(problem()).toBe("FILE:1: <a> is no section");
  });

  test("a folder, a link to itself, a device", () => {
    mkdirSync(file);
    expect(problem()).toBe("FILE is no file");
    rmSync(file, { recursive: true });
    symlinkSync(file, file);
    expect(problem()).toMatch(/^cannot read FILE: ELOOP/);
    rmSync(file);
    symlinkSync("/dev/zero", file);
    expect(problem()).toBe("FILE is no file");
  });
});

test("the byte order mark, line ends of Windows and tabs change no value", () => {
  writeFileSync(
    file,
    "\ufeff<ossec_config>\r\n\t<global>\r\n\t\t<email_to>\r\n\ta@example.com\r\n</email_to>\r\n\t</global>\r\n</ossec_config>\r\n",
  );
  expect(loadSettings(file).settings.global.emailTo).toEqual(["a@example.com"]);
});

test("names count in either case", () => {
  writeFileSync(file, "<OSSEC_Config><Global><Email_To>a@b</Email_To></Global></OSSEC_Config>");
  expect(loadSettings(file).settings.global.emailTo).toEqual(["a@b"]);
});
