import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSignature } from "../../src/verdict/signature.ts";
import { readSignatures, signatureFiles } from "../../src/verdict/signatures.ts";

const signatures = readSignatures(signatureFiles([join(import.meta.dirname, "fixtures")]));

test.each([
  [2_024_364, { toHome: true, sender: "client", isEstablished: true, isTcp: true }],
  [2_010_937, { toHome: true, sender: "client", isEstablished: false, isTcp: true }],
  [1001, { toHome: true, sender: "client", isEstablished: true, isTcp: true }],
  [1002, { fromHome: true, sender: "client", isEstablished: true, isTcp: true }],
  [1003, { toHome: true, sender: "server", isEstablished: true, isTcp: true }],
  [1004, { fromHome: true, sender: "server", isEstablished: true, isTcp: true }],
  [1005, { toHome: true, sender: undefined, isEstablished: false, isTcp: false }],
  [1006, { toHome: true, sender: "client", isEstablished: true, isTcp: false }],
  [1007, { fromHome: true, sender: "client", isTcp: false }],
  [1008, { toHome: true, sender: undefined, isEstablished: false, isTcp: false }],
  [1009, { fromHome: false, toHome: false, sender: undefined, isEstablished: true }],
  [1010, { fromHome: false, toHome: false, sender: "client", isEstablished: true }],
  [1011, { sender: "client", isEstablished: false }],
  [1012, { sender: "client", isEstablished: true, isTcp: true }],
  [1013, { fromHome: true, sender: undefined, isEstablished: false }],
  [1014, { toHome: true, sender: "client", isEstablished: true }],
  [1015, { toHome: true, sender: "server", isEstablished: true }],
  [1016, { fromHome: true, sender: "client", isEstablished: false }],
  [1017, { toHome: true, sender: "client", isEstablished: true }],
])("signature %i: who sent what it looks at, to whom, with what proof", (sid, facts) => {
  expect(signatures.find(1, sid)).toMatchObject(facts);
});

describe("the index", () => {
  test("keeps gids apart", () => {
    expect(signatures.find(3, 1002)).toMatchObject({ fromHome: false, isEstablished: true });
    expect(signatures.find(2, 1002)).toBeUndefined();
  });
  test("does not know what is switched off, or said twice and differently", () => {
    expect([1018, 1019, 1020].map((sid) => signatures.find(1, sid))).toEqual(
      [1, 2, 3].map(() => undefined),
    );
  });
  test("counts the lines that are no signatures, and goes on", () => {
    expect(signatures).toMatchObject({ bad: 3, count: 21 });
  });
  test("is empty where no file is", () => {
    expect(readSignatures(signatureFiles(["/nonexistent"]))).toMatchObject({ count: 0, bad: 0 });
  });
});

test("any line is read or refused, in time that grows with its length", () => {
  const odd = fc.string({ unit: fc.constantFrom(...'alert tcp->$HOME_NET(msg:;\\"[],!)sid1 ') });
  fc.assert(fc.property(odd, (text) => readSignature(text) === undefined || true));
  for (const part of [" ", ";", "\\;", "[", ", ", "a:", '"', "flow:to_server;"]) {
    const begun = performance.now();
    readSignature(`alert tcp any any -> any any (${part.repeat(60_000)}sid:1;)`);
    readSignature(`alert tcp ${part.repeat(60_000)} any -> any any (sid:1;)`);
    expect(performance.now() - begun, part).toBeLessThan(1000);
  }
});
