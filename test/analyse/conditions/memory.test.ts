import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ignoreKeys, partsLookedAt } from "../../../src/analyse/conditions/ignored.ts";
import { openKeys } from "../../../src/analyse/conditions/keys.ts";
import { openLastTexts, placeOf } from "../../../src/analyse/conditions/last-texts.ts";
import { seenKeys } from "../../../src/analyse/conditions/seen.ts";
import { Hashing, type TextOf } from "../../../src/analyse/hashing.ts";
import { openMemory } from "../../../src/analyse/memory.ts";
import type { Event } from "../../../src/core/event.ts";
import { eventAt } from "../build.ts";

const log = { info() {}, warn() {}, error() {} };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("keys", () => {
  test("are those that were added, however long", () => {
    const keys = openKeys(1000);
    const long = "x".repeat(10_000);
    for (const key of ["a", "", `${long}a`]) keys.add(key);
    expect(["a", "", `${long}a`, "b", `${long}b`].map(keys.has)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("that are made up drive out their like, not one that is asked for again", () => {
    const keys = openKeys(1000);
    keys.add("again");
    expect(keys.has("again")).toBe(true);
    keys.add("once");
    for (let n = 0; n < 1_000_000; n++) keys.add(`made up ${n}`);
    expect(keys.has("again")).toBe(true);
    expect(keys.has("once")).toBe(false);
    expect(keys.has("made up 999999")).toBe(true);
    expect(keys.has("made up 1")).toBe(false);
  });

  test("that are asked for again and again stay while others are asked for twice", () => {
    const keys = openKeys(1000);
    keys.add("again");
    for (let n = 0; n < 10_000; n++) {
      keys.add(`${n}`);
      keys.has(`${n}`);
      if (n % 100 === 0) expect(keys.has("again")).toBe(true);
    }
    expect(keys.has("1")).toBe(false);
  });

  test("are forgotten in time, even where there is room for more", () => {
    const keys = openKeys(1000);
    keys.add("old");
    for (let n = 0; n < 500; n++) keys.add(`${n}`);
    expect(keys.has("old")).toBe(false);
    expect(keys.add("old")).toBe(true);
  });

  test("are asked for by what they are read of, too", () => {
    const keys = openKeys(1000);
    const nameOf: TextOf<{ name: string }> = {
      read: ({ name }) => name,
      hash: ({ name }, by) => by.of(name),
    };
    keys.add("again");
    const ask = () => ["again", "other", "third"].map((name) => keys.hasOf(nameOf, { name }));
    expect(ask()).toEqual([true, false, false]);
    for (let n = 0; n < 10_000; n++) keys.add(`made up ${n}`);
    expect(ask()).toEqual([true, false, false]);
    expect(keys.hasOf(nameOf, { name: "made up 9999" })).toBe(true);
  });

  test("outlive a restart, as does what was asked for again", () => {
    const file = join(folder, "keys");
    const first = openKeys(1000, { file, log });
    first.add("again");
    first.has("again");
    first.add("once");
    first.close();
    appendFileSync(file, '"5"\n["7"]\n0.5\n[]\n{}\n');
    const second = openKeys(1000, { file, log });
    expect(second.has("once")).toBe(true);
    const third = openKeys(1000, { file, log });
    for (let n = 0; n < 1000; n++) third.add(`made up ${n}`);
    expect(["again", "once", "made up 1"].map(third.has)).toEqual([true, false, false]);
  });
});

test("a key that is added again and again is written twice: as new, and as known", () => {
  const file = join(folder, "keys");
  const keys = openKeys(1000, { file, log });
  for (let n = 0; n < 10; n++) keys.add("same");
  keys.close();
  expect(readFileSync(file, "utf8")).toMatch(/^{"seeds":.*}\n(\d+)\n\[\1\]\n$/);
});

test("a file of texts is read too, and then has their hashes", () => {
  const file = join(folder, "keys");
  writeFileSync(file, '"once"\n"again"\n["again"]\n');
  const keys = openKeys(1000, { file, log });
  expect(["once", "again", "other"].map(keys.has)).toEqual([true, true, false]);
  keys.close();
  expect(readFileSync(file, "utf8")).toMatch(/^{"seeds":.*}\n[\d\n[\]]*$/);
  expect(["once", "again"].map(openKeys(1000, { file, log }).has)).toEqual([true, true]);
});

test("hashes in a file that does not begin with their seeds say nothing", () => {
  const file = join(folder, "keys");
  for (const start of ["", '{"seeds":[1,2,3]}', '{"seeds":[1,2,3,"4"]}', "{}", "null", "5"]) {
    writeFileSync(file, `${start}\n5\n[7]\n`);
    const keys = openKeys(1000, { file, log });
    keys.add("key");
    keys.close();
    const again = openKeys(1000, { file, log });
    expect(again.has("key")).toBe(true);
    again.close();
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);
  }
});

describe("the last text of a place", () => {
  test("is told when another comes, and stays until that one is committed", () => {
    const texts = openLastTexts(1000);
    expect(texts.peek("a", "one")).toBeUndefined();
    expect(texts.peek("a", "one")).toBeUndefined();
    expect(texts.peek("a", "two")).toBe("one");
    expect(texts.peek("a", "two")).toBe("one");
    expect(texts.peek("b", "two")).toBeUndefined();
    texts.commit("a", "two");
    expect(texts.peek("a", "two")).toBeUndefined();
    expect(texts.peek("a", "")).toBe("two");
  });

  test("outlives a restart", () => {
    const file = join(folder, "texts");
    const first = openLastTexts(1000, { file, log });
    first.commit("a", "one\n1");
    first.commit("a", "two\n2");
    first.commit("b", "b");
    first.close();
    appendFileSync(file, '"x"\n[1,2]\n["a"]\n');
    const second = openLastTexts(1000, { file, log });
    expect(second.peek("a", "three")).toBe("two\n2");
    expect(second.peek("b", "b")).toBeUndefined();
  });

  test("is bounded in places and in length, and a change at the end of a long one is seen", () => {
    const texts = openLastTexts(1000);
    const long = "x".repeat(100_000);
    expect(texts.peek("a", `${long}1`)).toBeUndefined();
    expect(texts.peek("a", `${long}1`)).toBeUndefined();
    expect(texts.peek("a", `${long}2`)?.length).toBeLessThan(64_200);
    for (let n = 0; n < 200; n++) texts.commit(`${n}`, long);
    expect(texts.peek("a", "other")).toBeUndefined();
    expect(texts.peek("199", "other")).toBeDefined();
    for (let n = 0; n < 2000; n++) texts.commit(`short ${n}`, "short");
    expect(texts.peek("199", "other")).toBeUndefined();
    expect(texts.peek("short 1999", "other")).toBe("short");
  });

  test("of a busy place costs once, and stays when others are quiet", () => {
    const texts = openLastTexts(1000);
    for (const place of ["quiet", "busy"]) texts.commit(place, "text");
    for (let n = 0; n < 1000; n++) texts.commit("busy", `${n}`.padEnd(60_000));
    expect(texts.peek("quiet", "other")).toBe("text");
    for (let n = 0; n < 999; n++) texts.commit(`${n}`, "text");
    expect(texts.peek("busy", "other")).toBeDefined();
    expect(texts.peek("quiet", "other")).toBeUndefined();
  });

  test("ours: the place is host, location and rule; OSSEC's host and rule", () => {
    const one = eventAt(0, "192.0.2.1", { host: undefined, location: "df" });
    const other = { ...one, location: "ps" };
    const differ = (a: typeof one, b: typeof one, compatible: boolean) =>
      placeOf(a, "here", 1, compatible) !== placeOf(b, "here", 1, compatible);
    expect([differ(one, other, false), differ(one, other, true)]).toEqual([true, false]);
    expect(differ(one, { ...one, host: "there" }, true)).toBe(true);
    expect(differ(one, { ...one, host: "here" }, true)).toBe(false);
    expect(placeOf(one, "here", 1, true)).not.toBe(placeOf(one, "here", 2, true));
    const [agent, same] = ["(web) 192.0.2.1->df", "(web) 192.0.2.2->ps"].map((host) => ({
      ...one,
      host,
    }));
    expect(differ(agent!, same!, true)).toBe(false);
    const long = { ...one, log: "x".repeat(8192) };
    expect([placeOf(long, "here", 1, true), placeOf(long, "here", 1, false)]).toEqual([
      undefined,
      expect.any(String),
    ]);
  });
});

describe("what is ignored", () => {
  const ignoreKey = (compatible: boolean, event: Event, named: readonly string[]) =>
    ignoreKeys(compatible)(event, named)?.read(event);
  const event = eventAt(0, "192.0.2.1", {
    decoder: "snort",
    location: "/var/log/x",
    fields: { srcip: "192.0.2.1", id: "1:2:3", extra_data: "d", dstuser: "u" },
  });

  test("is known by the parts that were named, in OSSEC's order", () => {
    expect(ignoreKey(true, event, ["srcip", "id"])).toBe(" 1:2:3  192.0.2.1    ");
    expect(ignoreKey(true, event, ["user", "data", "name", "location"])).toBe(
      "snort  u   d  /var/log/x",
    );
    expect(ignoreKey(false, event, ["srcip"])).not.toBe(ignoreKey(false, event, ["srcip", "id"]));
  });

  test("ours: nothing is, where a part is missing; OSSEC takes it for empty", () => {
    expect(ignoreKey(false, event, ["dstip"])).toBeUndefined();
    expect(ignoreKey(true, event, ["dstip"])).toBe("       ");
  });

  test("ours tells parts apart whatever they hold; OSSEC does not, and cuts at 255 bytes", () => {
    const with_ = (id: string, dstuser: string) =>
      eventAt(0, "192.0.2.1", { fields: { id, dstuser } });
    const [one, two] = [with_("a ", "b"), with_("a", " b")];
    expect(ignoreKey(true, one, ["id", "user"])).toBe(ignoreKey(true, two, ["id", "user"]));
    expect(ignoreKey(false, one, ["id", "user"])).not.toBe(ignoreKey(false, two, ["id", "user"]));
    const long = ignoreKey(true, with_("é".repeat(200), ""), ["id"]);
    expect(long).toHaveLength(255);
    expect(ignoreKey(true, with_("é".repeat(250), ""), ["id"])).toBe(long);
  });

  test("OSSEC looks at the data only where the rule's <ignore> names them", () => {
    expect(partsLookedAt(["data", "id"], ["id"], false)).toEqual(["data", "id"]);
    expect(partsLookedAt(["data", "id"], ["id"], true)).toEqual(["id"]);
    expect(partsLookedAt(["id"], ["data"], true)).toEqual(["id", "data"]);
  });
});

test("a memory that lasts keeps each of its parts", () => {
  const first = openMemory({ folder, log });
  first.seen.add("seen");
  first.ignored.add("ignored");
  first.texts.commit("place", "text");
  first.hosts.commit("host", "text");
  first.flush();
  const second = openMemory({ folder, log });
  expect(second.seen.has("seen") && second.ignored.has("ignored")).toBe(true);
  expect(second.seen.has("ignored") || second.ignored.has("seen")).toBe(false);
  expect(second.texts.peek("place", "other")).toBe("text");
  expect([second.hosts.has("host"), second.texts.has("host")]).toEqual([true, false]);
  second.seen.add("last");
  second.close();
  expect(openMemory({ folder, log }).seen.has("last")).toBe(true);
  expect(openMemory().seen.has("seen")).toBe(false);
});

describe("what was seen", () => {
  const seenKey = (compatible: boolean, event: Event) => seenKeys(compatible)(event)?.read(event);
  const fts = ["srcip", "dstuser", "location", "extra_data"];
  const event = eventAt(0, "192.0.2.1", { decoder: "sshd", location: "auth.log", fts });

  test("is known by the decoder's parts; nothing without a decoder that names them", () => {
    expect(seenKey(true, event)).toBe("sshd    192.0.2.1    auth.log");
    expect(seenKey(false, { ...event, fts: undefined })).toBeUndefined();
    expect(seenKey(true, { ...event, decoder: undefined })).toBeUndefined();
    expect(seenKey(false, { ...event, fts: ["id"] })).not.toBe(seenKey(false, event));
  });

  test("ours tells parts apart whatever they hold; OSSEC does not, and cuts at 255 bytes", () => {
    const by = (dstuser: string, extra_data: string) => ({
      ...event,
      fields: { dstuser, extra_data },
    });
    const [one, two] = [by("a", "b    "), by("a    b", "")];
    expect(seenKey(true, one)).toBe(seenKey(true, two));
    expect(seenKey(false, one)).not.toBe(seenKey(false, two));
    const [long, longer] = [by("é".repeat(200), ""), by("é".repeat(201), "")];
    expect(Buffer.byteLength(seenKey(true, long) ?? "")).toBeLessThan(259);
    expect(seenKey(true, long)).toBe(seenKey(true, longer));
    expect(seenKey(false, long)).not.toBe(seenKey(false, longer));
    for (const [compatible, one] of [true, false].flatMap((way) =>
      [by("", ""), by("a", "b    "), long].map((each) => [way, each] as const),
    )) {
      const key = seenKeys(compatible)(one);
      const text = key?.read(one) ?? "";
      const by = new Hashing();
      expect(key?.hash(one, by)).toBe(by.of(text));
    }
  });
});
