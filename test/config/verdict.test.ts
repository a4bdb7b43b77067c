import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";

const file = join(mkdtempSync(join(tmpdir(), "stockade-verdict-")), "stockade.conf");

function load(inside: string) {
  writeFileSync(file, `<stockade_config>\n${inside}\n</stockade_config>\n`);
  return loadSettings(file);
}

const response = (verdict: string) =>
  `<active-response><command>firewall-drop</command><level>9</level><timeout>60</timeout>${verdict}</active-response>`;

test("a response is for what attacked us, unless it says otherwise", () => {
  const verdictsOf = (option: string) =>
    load(response(option)).settings.activeResponses[0]?.verdicts;
  expect(verdictsOf("")).toEqual(["attacked-by"]);
  expect(verdictsOf("<verdict>attacked-by, answered|called-out</verdict>")).toEqual([
    "attacked-by",
    "answered",
    "called-out",
  ]);
});

test("a response to what is unproven is taken, with a word", () => {
  const { notices } = load(response("<verdict>unproven</verdict>"));
  expect(notices.map(({ message }) => message)).toContain(
    "<active-response> blocks for what is unproven: whoever forges an address has it blocked",
  );
});

test.each([
  [response("<verdict>attacked</verdict>"), 'has the <verdict> "attacked", expected some of'],
  [response("<verdict> </verdict>"), "has an empty <verdict>"],
  [
    "<global><home_net>any</home_net></global>",
    'is "any", expected an address or a network of yours',
  ],
  ["<global><home_net>0.0.0.0/0</home_net></global>", 'is "0.0.0.0/0", expected'],
  ["<global><home_net>192.0.2.0/33</home_net></global>", 'is "192.0.2.0/33", expected'],
  ["<global><signatures>rules</signatures></global>", 'is "rules", expected an absolute path'],
])("%s is refused with its place", (inside, message) => {
  expect(() => load(inside)).toThrow(message);
  expect(() => load(inside)).toThrow(`${file}:2`);
});
