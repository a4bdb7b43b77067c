import { expect, test } from "vitest";
import { expandVariables } from "../../src/config/variables.ts";
import { parseXml } from "../../src/config/xml.ts";

const expand = (text: string) => expandVariables(parseXml(text, "a.xml"), "a.xml");
const textOf = (text: string) => expand(text).at(-1)?.text;

test.each([
  ['<var name="X">1</var><a>$X</a>', "$X"],
  ['<var name="XX">1</var><a>$XX</a>', "1"],
  ['<var name="XX">1</var><a>a $xx|$Xx,$xX.$xx$XX b</a>', "a 1|1,1.11 b"],
  ['<var name="XX">1</var><var name="xx">2</var><a>$XX</a>', "1"],
  ['<var name="XX">$YY</var><a>$XX</a>', "$YY"],
  ['<var name="XX">$&$1</var><a>$XX</a>', "$&$1"],
  ['<var name="XX">1</var><a>^a$</a>', "^a$"],
  ['<var name="XX">1</var><a>^a$|$ $.</a>', "^a$|$ $."],
  ['<var name="XX">1</var><a>$)</a>', "$)"],
  ["<a>$XX (\\d)$)</a>", "$XX (\\d)$)"],
  ['<VAR Name="XX">1</VAR><a>$XX</a>', "1"],
])("%s makes %s", (text, made) => {
  expect(textOf(text)).toBe(made);
});

test("values reach attributes and children, and definitions vanish", () => {
  const [group] = expand(
    '<group name="g"><var name="N">8</var><rule f="$N" g="x$N."><m>a $N</m></rule></group>',
  );
  expect(group?.children).toHaveLength(1);
  expect(group?.children[0]?.attributes).toEqual({ f: "$N", g: "x8." });
  expect(group?.children[0]?.children[0]?.text).toBe("a 8");
});

test("what stands above a definition is not touched", () => {
  const [a, b] = expand('<a>$XX</a><var name="XX">1</var><b>$XX</b>');
  expect([a?.text, b?.text]).toEqual(["$XX", "1"]);
});

test.each([
  [
    '<var name="XX">1</var>\n<a>\n<b>$XXY</b></a>',
    'a.xml:3: <b> uses the variable "$XXY", which is not defined above it',
  ],
  ['<var name="XX">1</var><a b="$(x)"/>', 'a.xml:1: <a> uses the variable "$(x)"'],
  ["\n<var>1</var>", "a.xml:2: <var> needs a name"],
])("%s is refused", (text, message) => {
  expect(() => expand(text)).toThrow(message);
});
