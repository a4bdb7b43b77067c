import { expect, test } from "vitest";
import { strain } from "../../../src/bin/import/strain.ts";
import { Failure, together } from "../../../src/core/failure.ts";

const text = [
  '<group name="x">',
  '<rule id="1">a</rule>',
  "<rule id='2'>",
  "bad</rule>",
  "</group>",
];

/** Refuses every line with this word, as a reader of rules would. */
const load = (word: string) => (one: string) => {
  const lines = one.split("\n").flatMap((line, index) => (line.includes(word) ? [index + 1] : []));
  const failure = together(lines.map((line) => new Failure(`f.xml:${line}: has "${word}"`)));
  if (failure) throw failure;
};

test("takes out the rules that do not load, and keeps the numbers of the lines", () => {
  const whole: string[] = [];
  const strained = strain("f.xml", text.join("\n"), load("bad"), (why) => whole.push(why));
  expect(strained?.text.split("\n")).toEqual([
    text[0],
    text[1],
    " ".repeat(13),
    " ".repeat(10),
    text[4],
  ]);
  expect(strained?.without).toEqual([{ id: "2", line: 3, because: 'has "bad"' }]);
  expect(whole).toEqual([]);
});

test("what is wrong outside of a rule, or in another file, cannot be mended", () => {
  const whole: string[] = [];
  expect(strain("f.xml", text.join("\n"), load("group"), (why) => whole.push(why))).toBeUndefined();
  expect(strain("g.xml", text.join("\n"), load("bad"), (why) => whole.push(why))).toBeUndefined();
  expect(whole).toEqual(['f.xml:1: has "group"', 'f.xml:4: has "bad"']);
});

test("our own mistakes are not swallowed", () => {
  const broken = () => {
    throw new TypeError("ours");
  };
  expect(() => strain("f.xml", "", broken, () => {})).toThrow(TypeError);
});
