import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openAnalysis } from "../../../src/analyse/analyse.ts";
import { compileRules } from "../../../src/analyse/compile.ts";
import { openList } from "../../../src/analyse/conditions/lists.ts";
import { placeRules } from "../../../src/analyse/rules/place.ts";
import { readRules } from "../../../src/analyse/rules/read.ts";
import { eventAt } from "../build.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-lists-"));

function written(name: string, text: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A constant database as cdbmake writes it. */
function database(entries: readonly (readonly [string, string])[]): Buffer {
  const numbers = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer);
  let at = 2048;
  const slots: [number, number][][] = Array.from({ length: 256 }, () => []);
  const records = entries.map(([key, value]) => {
    const record = Buffer.concat([
      numbers(Buffer.byteLength(key), Buffer.byteLength(value)),
      Buffer.from(key + value),
    ]);
    let hash = 5381;
    for (const byte of Buffer.from(key)) hash = ((((hash << 5) >>> 0) + hash) ^ byte) >>> 0;
    slots[hash & 255]?.push([hash, at]);
    at += record.length;
    return record;
  });
  const heads: number[] = [];
  const tables = slots.map((found) => {
    const size = found.length * 2;
    heads.push(at, size);
    at += size * 8;
    const table = new Uint32Array(size * 2);
    for (const [hash, place] of found) {
      let slot = size === 0 ? 0 : (hash >>> 8) % size;
      while (table[slot * 2 + 1]) slot = (slot + 1) % size;
      table.set([hash, place], slot * 2);
    }
    return Buffer.from(table.buffer);
  });
  return Buffer.concat([numbers(...heads), ...records, ...tables]);
}

const text = `192.0.2.7:one
198.51.100.:part
198.51.100.9:whole
203.0.113.0/24:net
203.0.113.128/25:half
2001:db8::/32:wide
a key : a value:more
no colon here
   ### only a comment
x:y   ### with a comment
x:second
`;

describe.each([
  ["text", written("text", text)],
  [
    "a database",
    join(
      folder,
      written(
        "db.cdb",
        database([
          ["192.0.2.7", "one"],
          ["x", "y"],
          ["198.51.100.", "part"],
        ]),
      ) && "db",
    ),
  ],
])("a list of %s", (_kind, file) => {
  test("has keys and parts of addresses", () => {
    const list = openList(file, true);
    expect(list.get("192.0.2.7")).toBe("one");
    expect(list.get("x")).toBe("y");
    expect(list.get("X")).toBeUndefined();
    expect(list.ofAddress("198.51.100.77")).toBe("part");
    expect(list.ofAddress("198.51.101.77")).toBeUndefined();
  });
});

test("text: blanks belong to keys and values, the first of two equal keys holds", () => {
  const list = openList(written("text2", text), true);
  expect(list.get("a key ")).toBe(" a value:more");
  expect(list.get("   ")).toBeUndefined();
  expect(list.get("no colon here")).toBeUndefined();
});

test("ours knows networks, the narrowest first, and every way to write an address", () => {
  const list = openList(written("text3", text), false);
  expect(list.ofAddress("203.0.113.5")).toBe("net");
  expect(list.ofAddress("203.0.113.200")).toBe("half");
  expect(list.ofAddress("2001:DB8:0:0::1")).toBe("wide");
  expect(list.ofAddress("198.51.100.9")).toBe("whole");
  expect(list.ofAddress("no address")).toBeUndefined();
  expect(openList(written("text4", text), true).ofAddress("203.0.113.5")).toBeUndefined();
});

test("ours takes a line without a colon for a key, blanks at the ends for nothing, and IPv6 in every form", () => {
  const file = written(
    "own",
    "192.0.2.1\r\n  192.0.2.2 : two \r\n\n2001:db8::1\n2001:db8::2:\n2001:db8:1::/48:wide\n### end\n",
  );
  const own = openList(file, false);
  expect(["192.0.2.1", "192.0.2.2", "2001:db8:0::1", "2001:db8::2"].map(own.ofAddress)).toEqual([
    "",
    "two",
    "",
    "",
  ]);
  expect(own.ofAddress("2001:db8:1:2::3")).toBe("wide");
  expect(own.get("")).toBeUndefined();
  const ossec = openList(file, true);
  expect(ossec.get("192.0.2.1")).toBeUndefined();
  expect(ossec.get("  192.0.2.2 ")).toBe(" two \r");
});

test("of equal networks, however they are written, the first holds", () => {
  const list = openList(written("twice", "192.0.2.7/24:one\n192.0.2.0/24:two\n"), false);
  expect(list.ofAddress("192.0.2.9")).toBe("one");
});

test("a million keys", () => {
  const lines = Array.from(
    { length: 1_000_000 },
    (_, n) => `20.${n >> 14}.${(n >> 6) & 255}.${(n & 63) * 4}/30:${n}\n`,
  );
  const many = openList(written("many", lines.join("")), false);
  expect(many.ofAddress("20.61.8.255")).toBe(`${61 * 16384 + 8 * 64 + 63}`);
  expect(many.ofAddress("21.61.8.255")).toBeUndefined();
});

test.each([
  ["broken.cdb", Buffer.from("short"), "it is no constant database"],
  ["cut.cdb", database([["key", "value"]]).subarray(0, 2052), "in the middle of an entry"],
])("%s is refused", (name, data, problem) => {
  const file = written(name, data).replace(/\.cdb$/, "");
  expect(() => openList(file, false)).toThrow(problem);
});

test("of a text and its database ours reads the text, and OSSEC the database, however old", () => {
  const file = written("both", "x:new\n");
  written("both.cdb", database([["x", "old"]]));
  expect(openList(file, false).get("x")).toBe("new");
  expect(openList(file, true).get("x")).toBe("old");
});

test.each([false, true])("a list that is not there is refused (compatible: %s)", (compatible) => {
  expect(() => openList(join(folder, "nowhere"), compatible)).toThrow("cannot read the list");
});

const list = (lookup: string, more = "") =>
  `<list field="srcip" lookup="${lookup}" ${more}>lists/bad</list>`;

function judged(inside: string, srcip: string, compatible: boolean): boolean {
  const file = written("bad", text);
  const root = '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>';
  const rules = `<group name="t,">${root}<rule id="100" level="3">${inside}<description>d</description></rule></group>`;
  const tree = placeRules([readRules(rules, "r.xml", compatible)], compatible);
  const levels = { logLevel: 1, emailLevel: 9 };
  const { judge } = openAnalysis(compileRules(tree, levels, [{ name: "lists/bad", file }]));
  return judge(eventAt(0, srcip)).rule?.id === 100;
}

test.each([
  [list("match_key"), "192.0.2.7", true, true],
  [list("match_key"), "192.0.2.8", false, false],
  [list("not_match_key"), "192.0.2.8", true, true],
  [list("not_match_key"), "192.0.2.7", false, false],
  [list("match_key_value", 'check_value="^ON"'), "192.0.2.7", true, true],
  [list("match_key_value", 'check_value="two"'), "192.0.2.7", false, false],
  [list("address_match_key"), "198.51.100.1", true, true],
  [list("not_address_match_key"), "198.51.100.1", false, false],
  [list("address_match_key"), "203.0.113.1", true, false],
  // OSSEC takes it for its opposite.
  [list("address_match_key_value", 'check_value="part"'), "198.51.100.1", true, false],
  [list("address_match_key_value", 'check_value="part"'), "192.0.2.250", false, true],
  // Of three lists OSSEC keeps two.
  [list("not_match_key") + list("match_key") + list("match_key"), "192.0.2.7", false, true],
])("%s of %s: ours says %s, OSSEC %s", (inside, srcip, ours, ossec) => {
  expect(judged(inside, srcip, false)).toBe(ours);
  expect(judged(inside, srcip, true)).toBe(ossec);
});

test("a list that the settings do not name: ours is refused, with OSSEC nothing matches", () => {
  const inside = '<list field="srcip" lookup="not_match_key">lists/unknown</list>';
  expect(() => judged(inside, "192.0.2.7", false)).toThrow('r.xml:1: <list> names "lists/unknown"');
  expect(judged(inside, "192.0.2.7", true)).toBe(false);
});

test.each([
  ['<list lookup="match_key">x</list>', 'has field=""'],
  ['<list field="colour">x</list>', 'has field="colour", expected srcip'],
  ['<list field="srcip" lookup="guess">x</list>', 'has lookup="guess", expected match_key'],
  ['<list field="srcip" lookup="match_key_value">x</list>', "without a check_value"],
  ['<list field="srcip" look="x">x</list>', 'has the attribute "look"'],
])("%s is refused", (inside, problem) => {
  expect(() => judged(inside, "192.0.2.7", false)).toThrow(problem);
});
