import { expect, test } from "vitest";
import { dynamicOf, orderOf } from "../../../src/decode/decoders/words.ts";

test("what OSSEC has a slot for is no dynamic field, under either of its names", () => {
  const slots = "srcuser srcip dstip srcport dstport protocol action id url status system_name";
  const order = orderOf(["user", "data", "dstuser", "extra_data", ...slots.split(" ")].join(", "));
  expect(order).toEqual(["dstuser", "extra_data", "dstuser", "extra_data", ...slots.split(" ")]);
  for (const name of [...order, "filename"]) {
    expect(dynamicOf([name, "shoe"]), name).toEqual([undefined, "shoe"]);
  }
  expect(dynamicOf(order)).toBeUndefined();
});
