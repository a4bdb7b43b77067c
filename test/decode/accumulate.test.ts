import { describe, expect, test } from "vitest";
import { accumulator } from "../../src/decode/accumulate.ts";
import { decodeBy, decoder } from "./decoders/build.ts";

/** What the fields have become. */
function give(
  accumulate: ReturnType<typeof accumulator>,
  fields: Record<string, string>,
  { host = "h", name = "ldap", at = 0 } = {},
) {
  accumulate({ host, decoder: name, at }, fields);
  return fields;
}

describe("fields of earlier lines of the same id", () => {
  test("fill what is missing or empty, and never replace", () => {
    const accumulate = accumulator();
    give(accumulate, { id: "1", srcip: "192.0.2.1", url: "/x" });
    expect(give(accumulate, { id: "1", dstuser: "bob", srcip: "" })).toEqual({
      id: "1",
      dstuser: "bob",
      srcip: "192.0.2.1",
    });
    expect(give(accumulate, { id: "1", srcip: "192.0.2.2" })).toEqual({
      id: "1",
      srcip: "192.0.2.2",
      dstuser: "bob",
    });
    expect(give(accumulate, { id: "1" })["srcip"]).toBe("192.0.2.1");
  });

  test("are those of one host, decoder and id", () => {
    const accumulate = accumulator();
    give(accumulate, { id: "1", srcip: "192.0.2.1" });
    expect(give(accumulate, { id: "2" })).toEqual({ id: "2" });
    expect(give(accumulate, { id: "1" }, { host: "other" })).toEqual({ id: "1" });
    expect(give(accumulate, { id: "1" }, { name: "other" })).toEqual({ id: "1" });
    expect(give(accumulate, { srcport: "1" })).toEqual({ srcport: "1" });
  });

  test("live 120 seconds from their last use", () => {
    const accumulate = accumulator();
    give(accumulate, { id: "1", srcip: "192.0.2.1" });
    expect(give(accumulate, { id: "1" }, { at: 120_000 })).toHaveProperty("srcip");
    expect(give(accumulate, { id: "1" }, { at: 240_000 })).toHaveProperty("srcip");
    expect(give(accumulate, { id: "1" }, { at: 360_001 })).not.toHaveProperty("srcip");
  });

  test("are not kept where they or the key are too long", () => {
    const accumulate = accumulator();
    give(accumulate, { id: "1", srcuser: "u".repeat(81), dstuser: "u".repeat(80) });
    expect(give(accumulate, { id: "1" })).toEqual({ id: "1", dstuser: "u".repeat(80) });
    const id = "i".repeat(250);
    give(accumulate, { id, srcip: "192.0.2.1" });
    expect(give(accumulate, { id })).toEqual({ id });
  });

  test("are bounded: the longest unused go first", () => {
    const accumulate = accumulator();
    give(accumulate, { id: "kept", srcip: "192.0.2.1" });
    give(accumulate, { id: "lost", srcip: "192.0.2.1" });
    for (let number = 0; number < 9998; number++) give(accumulate, { id: `${number}` });
    give(accumulate, { id: "kept" });
    give(accumulate, { id: "one more" });
    expect(give(accumulate, { id: "kept" })).toHaveProperty("srcip");
    expect(give(accumulate, { id: "lost" })).not.toHaveProperty("srcip");
  });
});

test("decoders ask for it", () => {
  const decode = decodeBy(
    decoder("ldap", "<program_name>^slapd$</program_name>") +
      decoder(
        "ldap-ip",
        "<parent>ldap</parent>",
        "<prematch>IP=</prematch>",
        "<regex>^conn=(\\d+) IP=(\\S+)</regex><order>id,srcip</order>",
        "<accumulate/>",
      ) +
      decoder(
        "ldap-user",
        "<parent>ldap</parent>",
        "<prematch>uid=</prematch>",
        "<regex>^conn=(\\d+) uid=(\\w+)</regex><order>id,dstuser</order>",
        "<accumulate/>",
      ) +
      decoder(
        "ldap-err",
        "<parent>ldap</parent>",
        "<regex>^conn=(\\d+) err</regex><order>id</order>",
      ),
  );
  decode("conn=7 IP=192.0.2.1", "slapd");
  const bound = decode("conn=7 uid=bob", "slapd");
  expect(bound).toMatchObject({
    fields: { id: "7", dstuser: "bob", srcip: "192.0.2.1" },
    srcip: "192.0.2.1",
  });
  expect(decode("conn=8 uid=bob", "slapd").fields).toEqual({ id: "8", dstuser: "bob" });
  expect(decode("conn=7 err", "slapd").fields).toEqual({ id: "7" });
});
