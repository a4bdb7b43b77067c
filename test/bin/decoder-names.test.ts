import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { judgingAsOssec } from "../../src/bin/commands/judging.ts";
import { loadRuleset } from "../../src/bin/judge.ts";
import { placesBelow } from "../../src/bin/place.ts";
import { ruleFiles } from "../../src/config/rule-files.ts";
import { Settings } from "../../src/config/settings.ts";
import type { Line } from "../../src/core/event.ts";
import { type Failure, mistakesIn } from "../../src/core/failure.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { shared } from "../shared.ts";

const root = mkdtempSync(join(tmpdir(), "stockade-decoded-as-"));
const paths = placesBelow(root);
const own = join(root, "own.xml");
const repository = join(import.meta.dirname, "../..");

/** The shipped rules and decoders, and one file of the admin's. */
function load(rules: string) {
  writeFileSync(own, `<group name="own,">\n${rules}\n</group>`);
  const shipped = { ...paths, shippedRules: join(repository, "rules") };
  const files = ruleFiles([], { ...shipped, shippedDecoders: join(repository, "rules/decoders") });
  return loadRuleset({ ...files, layers: [...files.layers, [own]] }, Settings.parse({}));
}

const rule = (id: number, decoder: string) =>
  `<rule id="${id}" level="3">\n<decoded_as>${decoder}</decoded_as></rule>`;

describe("<decoded_as>", () => {
  test("of a name that no decoder has is refused: all of them, each with file, line and hint", () => {
    const refused = () =>
      load(`${rule(100001, "sshdd")}\n${rule(100002, "sshd")}\n${rule(100003, "Q")}`);
    expect(refused).toThrow();
    try {
      refused();
    } catch (failure) {
      expect(mistakesIn(failure as Failure).map(({ message, hint }) => [message, hint])).toEqual([
        [
          `${own}:3: <decoded_as> is "sshdd", expected the name of a decoder`,
          expect.stringMatching(
            /^near it: sshd, .*; a decoder of your own must stand in a decoder file/,
          ),
        ],
        [
          `${own}:7: <decoded_as> is "Q", expected the name of a decoder`,
          "a decoder of your own must stand in a decoder file that is read",
        ],
      ]);
    }
  });

  test.each([
    [
      "snort-fast",
      "10/22/2026-10:00:00.000001  [**] [1:2:3] m [**] [Classification: c] [Priority: 1] {TCP} 192.0.2.1:1 -> 192.0.2.2:2",
      "snort-fast",
    ],
    ["json", '{"message":"m"}', "json"],
    ["own", "stockade: started", "stockade"],
  ] as const)("may name what lines of the format %s are decoded as", (format, text, decoder) => {
    const { decoders } = load(rule(100001, decoder));
    const line: Line = { text, format, location: "l", receivedAt: Date.now() };
    expect(openDecoder(decoders)(line).decoder).toBe(decoder);
  });

  test.each(["rootcheck", "syscheck_deleted", "hostinfo_new"])(
    "may be %s, as in OSSEC's own rules",
    (name) => expect(load(rule(100001, name)).rules.rules.has(100001)).toBe(true),
  );
});

test("every file of OSSEC's rules loads by its decoders, those it leaves switched off too", () => {
  const stock = shared("conformance/ossec");
  const folder = join(root, "ossec");
  mkdirSync(folder);
  for (const name of ["rules", "decoder.xml"]) symlinkSync(join(stock, name), join(folder, name));
  const listed = readFileSync(join(stock, "ruleset.list"), "utf8").trim().split("\n");
  const others = readdirSync(join(stock, "rules")).filter((name) => !listed.includes(name));
  writeFileSync(join(folder, "ruleset.list"), [...listed, ...others].join("\n"));
  expect(judgingAsOssec(folder).rules.rules.size).toBe(1306);
});
