import { describe, expect, test } from "vitest";
import { decodeBy, decoder } from "./build.ts";

const top = decoder("zz", "<program_name>^zz</program_name>");
const child = (name: string, ...elements: string[]) =>
  decoder(name, "<parent>zz</parent>", ...elements);
const regex = (text: string, order: string, offset = "") =>
  `<pcre2${offset && ` offset="${offset}"`}>${text}</pcre2><order>${order}</order>`;
const prematch = (text: string, offset = "") =>
  `<prematch_pcre2${offset && ` offset="${offset}"`}>${text}</prematch_pcre2>`;

/** Decoder and fields of a message of the program "zz". */
function read(xml: string, log: string, compatible = true) {
  const { decoder: name, fields } = decodeBy(xml, { compatible })(log, "zz");
  return [name, fields];
}

describe("who is asked", () => {
  test("lines with a program are for decoders that ask for one, others never", () => {
    const xml =
      decoder("n", prematch("^hello")) + decoder("p", "<program_name>^pp$</program_name>");
    const decode = decodeBy(xml);
    expect(decode("hello").decoder).toBe("n");
    expect(decode("hello", "pp").decoder).toBe("p");
    expect(decode("hello", "qq").decoder).toBeUndefined();
    expect(decode("other").decoder).toBeUndefined();
  });

  test("program names are matched in OSSEC's alternatives, and in either case", () => {
    const decode = decodeBy(decoder("p", "<program_name>^zzprog|zzbar$</program_name>"));
    const names = ["xzzprog", "zzprog2", "AAzzbar", "ZZPROG", "zzbarx"].map(
      (program) => decode("x", program).decoder,
    );
    expect(names).toEqual([undefined, "p", "p", "p", undefined]);
  });

  test("the first that fits ends the search, whatever its children do", () => {
    const xml =
      top +
      child("c", prematch("^never")) +
      decoder("yy", "<program_name>^zz</program_name>", prematch("^a"));
    expect(read(xml, "abc")).toEqual(["zz", {}]);
  });

  test("where the program fits and the prematch does not, the next is asked", () => {
    const xml =
      decoder("a", "<program_name>^zz</program_name>", prematch("^x")) +
      decoder("b", "<program_name>^zz</program_name>", prematch("^y"));
    expect(read(xml, "y")).toEqual(["b", {}]);
    expect(read(xml, "z")).toEqual([undefined, {}]);
  });

  test("a child is below every decoder of its parent's name, in both lists", () => {
    const xml =
      decoder("s", prematch("^n ")) +
      decoder("s", "<program_name>^ss</program_name>") +
      decoder("c", "<parent>s</parent>", regex("(\\d+)", "id"));
    const decode = decodeBy(xml);
    expect(decode("n 7").fields).toEqual({ id: "7" });
    expect(decode("8", "ss").fields).toEqual({ id: "8" });
  });

  test("thousands of made-up program names are forgotten again", () => {
    const decode = decodeBy(top);
    for (let number = 0; number < 5000; number++) decode("x", `zz${number}`);
    expect(decode("x", "zz1").decoder).toBe("zz");
    expect(decode("x", "z".repeat(100)).decoder).toBe("zz");
  });
});

describe("children", () => {
  test("the first whose prematch fits is the only one; it names the event even where its regex fails", () => {
    const xml =
      top +
      child("c1", prematch("^a"), regex("^a(\\d)", "id"), "<use_own_name>true</use_own_name>") +
      child("c2", prematch("^ab"), regex("^(ab)", "id"), "<use_own_name>true</use_own_name>");
    expect(read(xml, "abc")).toEqual(["c1", {}]);
  });

  test("one without a prematch ends the search; where its regex fails the parent names the event", () => {
    const xml =
      top +
      child("c1", regex("^x(\\d)", "id"), "<use_own_name>true</use_own_name>", "<type>ids</type>") +
      child("c2", prematch("^a"), regex("^(a)", "id"));
    const event = decodeBy(xml)("abc", "zz");
    expect([event.decoder, event.fields, event.category]).toEqual(["zz", {}, "syslog"]);
    const other = decodeBy(xml)("x7", "zz");
    expect([other.decoder, other.fields, other.category]).toEqual(["c1", { id: "7" }, "ids"]);
  });

  test("a parent with children uses neither its own regex nor its plugin", () => {
    const own = decoder("zz", "<program_name>^zz</program_name>", regex("^(\\w)", "id"));
    expect(read(own, "abc")).toEqual(["zz", { id: "a" }]);
    expect(read(own + child("c", prematch("^never")), "abc")).toEqual(["zz", {}]);
  });

  test("its type is its own, and not the parent's", () => {
    const xml =
      decoder("zz", "<program_name>^zz</program_name>", "<type>ids</type>") +
      child("c", prematch("^a"));
    const decode = decodeBy(xml);
    expect([decode("a", "zz").category, decode("b", "zz").category]).toEqual(["syslog", "ids"]);
  });

  test("it is called as its parent is, or by its own name", () => {
    const xml =
      top +
      child("c", prematch("^a")) +
      child("d", prematch("^b"), "<use_own_name>true</use_own_name>") +
      child("e", prematch("^c"), "<use_own_name> true</use_own_name>");
    const decode = decodeBy(xml);
    expect(["a", "b", "c"].map((log) => decode(log, "zz").decoder)).toEqual(["zz", "d", "zz"]);
  });
});

describe("offsets", () => {
  test("begin a new text: ^ holds there, and nothing before it is seen", () => {
    const parent = decoder("zz", "<program_name>^zz</program_name>", prematch("^one "));
    const xml =
      parent +
      child("c", prematch("^two ", "after_parent"), regex("^three (\\w+)", "id", "after_prematch"));
    expect(read(xml, "one two three four")).toEqual(["zz", { id: "four" }]);
    expect(read(xml, "one  two three four")).toEqual(["zz", {}]);
    const whole =
      parent + child("c", prematch("^one two "), regex("^two (\\w+)", "id", "after_parent"));
    expect(read(whole, "one two x")).toEqual(["zz", { id: "x" }]);
    const none = parent + child("c", prematch("two "), regex("^(\\w+)", "id"));
    expect(read(none, "one two x")).toEqual(["zz", { id: "one" }]);
  });

  test("without a parent, after_prematch is behind the only prematch there is", () => {
    const xml = decoder("n", prematch("^n "), regex("^(\\w+)", "id", "after_prematch"));
    expect(decodeBy(xml)("n abc").fields).toEqual({ id: "abc" });
  });
});

describe("chains of regexes", () => {
  const chain =
    top +
    child("c", prematch("^a "), regex("src=(\\S+)", "srcip", "after_prematch")) +
    child("c", regex("user=(\\S+)", "user", "after_regex")) +
    child("c", regex("id=(\\S+)", "id", "after_regex"));

  test("each is tried, and one that fails sends the next back to the prematch", () => {
    expect(read(chain, "a src=1.1.1.1 user=bob id=7")).toEqual([
      "zz",
      { srcip: "1.1.1.1", dstuser: "bob", id: "7" },
    ]);
    expect(read(chain, "a id=7 user=bob src=1.1.1.1")).toEqual([
      "zz",
      { srcip: "1.1.1.1", id: "7" },
    ]);
    expect(read(chain, "a user=bob id=7")).toEqual(["zz", { dstuser: "bob", id: "7" }]);
    expect(read(chain, "b user=bob id=7")).toEqual(["zz", {}]);
  });

  test("a chain whose prematch fails is passed over whole", () => {
    const xml = chain + child("d", prematch("^b "), regex("^b (\\w+)", "url"));
    expect(read(xml, "b x")).toEqual(["zz", { url: "x" }]);
  });

  test("a later value takes the place of an earlier one", () => {
    const xml = top + child("c", regex("a=(\\d)", "id")) + child("c", regex("b=(\\d)", "id"));
    expect(read(xml, "a=1 b=2")).toEqual(["zz", { id: "2" }]);
  });

  test("a sibling of another name in between ends the chain and names the event", () => {
    const own = "<use_own_name>true</use_own_name>";
    const xml =
      top +
      child("b1", prematch("^a "), regex("x=(\\d)", "id"), own) +
      child("b2", prematch("^never"), regex("y=(\\d)", "status"), own) +
      child("b1", regex("z=(\\d)", "url"), own);
    expect(read(xml, "a x=1 y=2 z=3")).toEqual(["b2", { id: "1", status: "2" }]);
  });

  test("names that OSSEC has no slot for are looked up in the last one by place: not for Stockade", () => {
    const xml =
      top +
      child("c", prematch("^a "), regex("x=(\\d) y=(\\d)", "first, second")) +
      child("c", regex("z=(\\d)", "third"));
    expect(read(xml, "a x=1 y=2 z=3")).toEqual(["zz", { third: "3" }]);
    expect(read(xml, "a x=1 y=2")).toEqual(["zz", { first: "1", second: "2" }]);
    expect(read(xml, "a x=1 y=2 z=3", false)).toEqual([
      "zz",
      { first: "1", second: "2", third: "3" },
    ]);
  });
});

describe("captures", () => {
  const one = (pattern: string, order: string) =>
    decoder("zz", "<program_name>^zz</program_name>", regex(pattern, order));

  test.each([
    ["^(\\d+)x|^(\\w+)y", "id, user", "aby", { id: "ab" }],
    ["a=(\\d+)?b=(\\w*)c=(\\w+)", "id,user,url", "a=b=c=foo", { id: "", dstuser: "foo" }],
    ["^(\\w)(\\w)(\\w)", "id, user", "abc", { id: "a", dstuser: "b" }],
    ["^(\\w)", "id, user", "abc", { id: "a" }],
    ["^(\\w)(\\w)", "data,extra_data", "ab", { extra_data: "b" }],
    ["^(\\w)(\\w)", "my field, thefilename_x", "ab", { my: "a", filename: "b" }],
    ["^(\\w)(\\w)", "  SrcIP , constructor", "ab", { SrcIP: "a", constructor: "b" }],
    ["^(\\S+)", "srcip", "not-an-address", { srcip: "not-an-address" }],
    ["^(\\S+)", "user", "FOO=Bar", { dstuser: "FOO=Bar" }],
  ])("%s as %s of %s", (pattern, order, log, fields) => {
    expect(read(one(pattern, order), log)).toEqual(["zz", fields]);
  });

  test("no more than 64 are kept", () => {
    const names = Array.from({ length: 70 }, (_, index) => `f${index}`).join(",");
    const [, fields] = read(one("(\\w)".repeat(70), names), "x".repeat(70));
    expect(Object.keys(fields ?? {})).toHaveLength(64);
  });

  test("an address is one only where it is read as one", () => {
    const xml = decoder(
      "zz",
      "<program_name>^zz</program_name>",
      regex("^(\\S+) (\\S+)", "srcip,dstip"),
    );
    const event = decodeBy(xml)("::ffff:192.0.2.1 010.0.0.1", "zz");
    expect([event.srcip, event.dstip]).toEqual(["192.0.2.1", undefined]);
    expect(event.fields).toEqual({ srcip: "::ffff:192.0.2.1", dstip: "010.0.0.1" });
  });
});

test("several elements of one name are one pattern, and the plain one wins over pcre2", () => {
  const xml = decoder(
    "n",
    "<prematch>^a</prematch><prematch>b</prematch><prematch_pcre2>^never</prematch_pcre2>",
    "<regex>(\\d</regex><regex>+)$</regex><order>id</order>",
  );
  expect(decodeBy(xml)("ab 12").fields).toEqual({ id: "12" });
  expect(decodeBy(xml)("a b 12").decoder).toBeUndefined();
});

test("variables of the file are filled in", () => {
  const xml = `<var name="START">^hello </var>${decoder("n", prematch("$START"))}`;
  expect(decodeBy(xml)("hello you").decoder).toBe("n");
});

test("fts is the last decoder's, and does not name srcuser", () => {
  const fts = "<fts>name, srcuser, srcip, location</fts>";
  const xml =
    top +
    child("c", prematch("^a"), regex("(\\d)", "id"), fts) +
    child("d", prematch("^b"), regex("(\\d)", "id"));
  const decode = decodeBy(xml);
  expect(decode("a1", "zz").fts).toEqual(["name", "dstuser", "srcip", "location"]);
  expect(decode("b1", "zz").fts).toBeUndefined();
});

test("a watcher is told each decoder that fitted", () => {
  const seen: string[] = [];
  const xml = top + child("c", prematch("^a"), regex("(\\d)", "id")) + child("d", prematch("^b"));
  const decode = decodeBy(xml, { watch: ({ ownName }) => seen.push(ownName) });
  decode("a1", "zz");
  decode("x", "zz");
  expect(seen).toEqual(["zz", "c", "c", "zz"]);
});
