import { expect, test } from "vitest";
import { type Failure, mistakesIn } from "../../../src/core/failure.ts";
import { loadDecoders } from "../../../src/decode/decoders/load.ts";
import { shared } from "../../shared.ts";
import { decoder, decodersOf, refusalOf } from "./build.ts";

test("the stock decoder.xml loads whole", () => {
  const { withProgram, withoutProgram, names } = loadDecoders([
    shared("conformance/ossec/decoder.xml"),
  ]);
  expect([withProgram.length, withoutProgram.length]).toEqual([69, 44]);
  expect(names.has("sshd") && names.has("ssh-failed")).toBe(true);
});

const top = decoder("zz", "<program_name>^zz</program_name>");
const pre = "<prematch_pcre2>^a</prematch_pcre2>";
const captured = "<pcre2>(a)</pcre2><order>id</order>";
const inZz = (...elements: string[]) => top + decoder("c", "<parent>zz</parent>", ...elements);

test.each([
  ["<group/>", "d.xml:1: <group> is no <decoder>"],
  ["<decoder>x</decoder>", "d.xml:1: <decoder> needs a name"],
  ['<decoder status="0" name="x"/>', "d.xml:1: <decoder> needs a name"],
  ['<decoder name="x" status="0"/>', 'd.xml:1: <decoder> has the attribute "status"'],
  [
    decoder("x", pre, "\n<prematches>a</prematches>"),
    "d.xml:2: <prematches> is nothing a <decoder> has",
  ],
  [decoder("x"), 'd.xml:1: <decoder> "x" would fit every line'],
  [decoder("x", "<pcre2>(a)</pcre2>", pre), '"x" captures, but has no <order>'],
  [decoder("x", "<order>id</order>", pre), '"x" has an <order>, but neither <regex> nor <pcre2>'],
  [decoder("x", "<fts>name</fts>", pre), '"x" has an <fts>, but neither <regex> nor <pcre2>'],
  [
    decoder("x", pre, "<plugin_decoder>PF_Decoder</plugin_decoder>", captured),
    "takes neither regex nor order",
  ],
  [
    decoder("x", pre, "\n<plugin_decoder>JSON_Decoder</plugin_decoder>"),
    'd.xml:2: <plugin_decoder> is "JSON_Decoder", expected one of PF_Decoder, SymantecWS_Decoder, SonicWall_Decoder, OSSECAlert_Decoder',
  ],
  [
    decoder("x", pre, "\n<type>Ids</type>"),
    'd.xml:2: <type> is "Ids", expected one of syslog, ids,',
  ],
  [
    decoder("x", pre, "<pcre2>(a)</pcre2>\n<order>id,,url</order>"),
    'd.xml:2: <order> names the field ""',
  ],
  [
    decoder("x", pre, "<pcre2>(a)</pcre2>\n<order>__proto__</order>"),
    'names the field "__proto__"',
  ],
  [
    decoder("x", pre, "<pcre2>(a)</pcre2>", `<order>${"a,".repeat(256)}a</order>`),
    "names 257 fields, expected 256 at the most",
  ],
  [
    decoder("x", pre, captured, "\n<fts>name, srcport</fts>"),
    'd.xml:2: <fts> names "srcport", expected some of dstuser, srcip',
  ],
  [decoder("x", "\n<prematch_pcre2>(a</prematch_pcre2>"), "d.xml:2: <prematch_pcre2> "],
  [decoder("x", "<prematch>\\q</prematch>"), "d.xml:1: <prematch> "],
  [decoder("x", "<prematch></prematch>"), "d.xml:1: <prematch> "],
  [decoder("x", "<prematch_pcre2/>"), "d.xml:1: <prematch_pcre2> "],
  [
    decoder("x", `<prematch_pcre2>${"a".repeat(8192)}</prematch_pcre2>`),
    "is longer than 8191 characters",
  ],
  [
    decoder("x", pre, "<regex>^abc</regex><order>id</order>"),
    '"x" has a <regex> that is a plain text and captures nothing',
  ],
  [
    decoder("x", '\n<prematch_pcre2 offset="after_parent">a</prematch_pcre2>'),
    'has a prematch with offset="after_parent", but no <parent>',
  ],
  [
    inZz('<prematch_pcre2 offset="after_prematch">a</prematch_pcre2>'),
    'd.xml:2: <decoder> "c" has a prematch with offset="after_prematch", expected after_parent',
  ],
  [
    inZz('<prematch_pcre2 offset="behind">a</prematch_pcre2>'),
    'd.xml:2: <prematch_pcre2> has offset="behind", expected offset="after_parent", "after_prematch", "after_regex"',
  ],
  [
    inZz('<prematch_pcre2 from="after_parent">a</prematch_pcre2>'),
    'has from="after_parent", expected offset=',
  ],
  [
    inZz(pre, '<prematch_pcre2 offset="after_parent">a</prematch_pcre2>'),
    "is not the first of its name, and has an offset",
  ],
  [
    inZz('<pcre2 offset="after_prematch">(a)</pcre2><order>id</order>'),
    'has offset="after_prematch", but no prematch of its own',
  ],
  [
    decoder("x", pre, '<pcre2 offset="after_parent">(a)</pcre2><order>id</order>'),
    'has offset="after_parent", but no <parent>',
  ],
  [
    decoder("x", pre, '<pcre2 offset="after_regex">(a)</pcre2><order>id</order>'),
    'has offset="after_regex", but no <parent>',
  ],
  [
    inZz(pre, '<pcre2 offset="after_regex">(a)</pcre2><order>id</order>'),
    'd.xml:2: <decoder> "c" has offset="after_regex", but no sibling of its name above it',
  ],
  [
    decoder("c", "<parent>zz</parent>", pre) + top,
    'd.xml:1: <decoder> "c" names the parent "zz", which does not stand above it',
  ],
  [
    inZz(pre) + decoder("d", "<parent>c</parent>", pre),
    'd.xml:3: <decoder> "d" names the parent "c", which does not stand above it',
  ],
  [
    inZz(pre, captured) + decoder("c", "<parent>zz</parent>", pre, captured),
    'd.xml:3: <decoder> "c" continues the chain of regexes that begins at ',
  ],
  [
    inZz(captured) + decoder("c", "<parent>zz</parent>", captured, "<fts>name</fts>"),
    "and must not have an fts",
  ],
  [
    inZz(captured) + decoder("c", "<parent>zz</parent>", "<regex>(\\d)</regex><order>id</order>"),
    "but has <regex>, expected <pcre2>",
  ],
  [inZz(captured) + decoder("c", "<parent>zz</parent>"), "but has neither, expected <pcre2>"],
])("%.150s is refused: %s", (xml, message) => {
  expect(refusalOf(xml)).toContain(message);
});

test.each([
  [
    "an unanchored plain text with an order",
    decoder("x", pre, "<regex>abc</regex><order>id</order>"),
  ],
  ["a plain text in pcre2", decoder("x", pre, "<pcre2>^abc</pcre2><order>id</order>")],
  [
    "elements in either case",
    decoder("x", "<Prematch_PCRE2>^a</Prematch_PCRE2><FTScomment>x</FTScomment>"),
  ],
  ["an empty program name", decoder("x", "<program_name></program_name>")],
  ["a child without anything", inZz()],
  ["names that are there twice", top + top],
  ["256 fields", decoder("x", pre, "<pcre2>(a)</pcre2>", `<order>${"a,".repeat(255)}a</order>`)],
  ["text between decoders", `x ${top} y`],
])("%s is fine", (_title, xml) => {
  expect(refusalOf(xml)).toBe("no refusal");
});

test("a child of a child is told what is wrong", () => {
  try {
    decodersOf(inZz(pre) + decoder("d", "<parent>c</parent>", pre));
  } catch (error) {
    expect(error).toMatchObject({ hint: expect.stringContaining("is a child itself") });
  }
  expect.assertions(1);
});

test("mistakes of several decoders are told together", () => {
  const bad = decoder("a", "<prematch>(</prematch>");
  try {
    decodersOf(bad + top + bad);
  } catch (failure) {
    expect(mistakesIn(failure as Failure).map(({ message }) => message)).toEqual([
      expect.stringContaining("d.xml:1: <prematch> "),
      expect.stringContaining("d.xml:3: <prematch> "),
    ]);
  }
  expect.assertions(1);
});
