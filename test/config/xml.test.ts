import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseXml } from "../../src/config/xml.ts";
import { shared } from "../shared.ts";

const stock = shared("conformance/ossec");
const first = (text: string) => parseXml(text, "a.xml")[0];

test("every stock rule file and the stock decoder.xml are well-formed", () => {
  for (const name of readdirSync(join(stock, "rules"))) {
    expect(parseXml(readFileSync(join(stock, "rules", name), "utf8"), name).length).toBeGreaterThan(
      0,
    );
  }
  const decoders = parseXml(readFileSync(join(stock, "decoder.xml"), "utf8"), "x", "left out");
  expect(decoders).toHaveLength(335);
  expect(new Set(decoders.map(({ name }) => name))).toEqual(new Set(["decoder"]));
});

test.each([
  ["<a>x<!-- y -->z</a>", "xz"],
  ["<a>x<!-- <b>\n !>z</a>", "xz"],
  ["<a>x<!y-->z</a>", "xz"],
  ["<a>x<![CDATA[y]]>--></a>", "x"],
  ["<!-- -- --><a>x</a><!-->", "x"],
  ["<a>\\<b> & &amp; &lt;</a>", "\\<b> & &amp; &lt;"],
  ["<a>  x\n</a>", "  x\n"],
  ['\ufeff <?xml version="1.0"?>\n<a/>', ""],
])("%j holds %j", (text, held) => {
  expect(first(text)?.text).toBe(held);
});

test("a comment moves no line", () => {
  const [a, c] = parseXml("<a>\n<!-- \n <x>\n !><b/>\n</a>\n<!\n--><c/>", "a.xml");
  expect([a?.line, a?.children[0]?.line, c?.line]).toEqual([1, 4, 7]);
});

test("names count in either case", () => {
  const element = first('<Rule ID="1" lEvel="2"><Match>X</Match></Rule>');
  expect(element).toMatchObject({ name: "rule", attributes: { id: "1", level: "2" } });
  expect(element?.children[0]).toMatchObject({ name: "match", text: "X" });
});

test("thousands of ampersands are no attack", () => {
  expect(first(`<a>${"&".repeat(30_000)}</a>`)?.text).toHaveLength(30_000);
});

test.each([
  ["<a>\n<b>\n<!-- x</b></a>", "a.xml:3: a comment without an end"],
  ['<a>\n<b x="1" x="2"/></a>', "a.xml:2: Attribute 'x' is repeated."],
  ["<a>\n</A>", "a.xml:2: Expected closing tag 'a'"],
  ["<a/>\n\n stray\n<b/>", 'a.xml:3: text outside of any element: "stray"'],
  ["<a>", "a.xml:1: Expected closing tag 'a' (opened in line 1, col 4), found the end of the file"],
])("%j is refused: %s", (text, message) => {
  expect(() => parseXml(text, "a.xml")).toThrow(message);
});

test("stray text is left out where that is asked for", () => {
  expect(parseXml("x --> <a/> y", "a.xml", "left out")).toHaveLength(1);
});
