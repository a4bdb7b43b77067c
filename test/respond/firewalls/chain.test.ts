import { expect, test } from "vitest";
import { gapIn, removalFrom } from "../../../src/respond/firewalls/chain.ts";

const spare = "-A STOCKADE -m set --match-set stockade-allow4 src -j RETURN";
const drop = "-A STOCKADE -m set --match-set stockade4 src -j DROP";
const chain = [spare, drop];
const input = "-A INPUT -j STOCKADE";
const forward = "-A FORWARD -j STOCKADE";
const rules = (...lines: string[]) =>
  ["-P INPUT ACCEPT", "-P FORWARD ACCEPT", ...lines, ""].join("\n");

test.each([
  ["all is there", [input, forward, spare, drop], []],
  ["other rules below ours", [input, "-A INPUT -j ACCEPT", forward, spare, drop], []],
  ["nothing is there", [], ["chain STOCKADE", "first rule of INPUT", "first rule of FORWARD"]],
  [
    "a rule above ours",
    ["-A INPUT -j ACCEPT", input, forward, spare, drop],
    ["first rule of INPUT"],
  ],
  ["a jump twice", [input, input, forward, spare, drop], ["first rule of INPUT"]],
  ["an empty chain", [input, forward], ["chain STOCKADE"]],
  [
    "a hole in the chain",
    [input, forward, "-A STOCKADE -j RETURN", spare, drop],
    ["chain STOCKADE"],
  ],
  ["a hole at its end", [input, forward, spare, drop, "-A STOCKADE -j LOG"], ["chain STOCKADE"]],
  ["our rules in the wrong order", [input, forward, drop, spare], ["chain STOCKADE"]],
  ["nobody is spared", [input, forward, drop], ["chain STOCKADE"]],
  ["Docker's hook", ["-N DOCKER-USER", input, forward, spare, drop], ["first rule of DOCKER-USER"]],
  ["a chain with a like name", [input, forward, spare, drop, "-A INPUT2 -j ACCEPT"], []],
])("%s", (_title, lines, missing) => {
  expect(gapIn(rules(...lines), chain).missing).toEqual(missing);
});

test("mends all in one transaction, moving a jump to the top", () => {
  expect(gapIn(rules("-A INPUT -j ACCEPT", input, forward), chain).commands).toBe(
    [
      "*filter",
      ":STOCKADE - [0:0]",
      spare,
      drop,
      "-D INPUT -j STOCKADE",
      "-I INPUT 1 -j STOCKADE",
      "COMMIT",
      "",
    ].join("\n"),
  );
});

test("takes away all that is ours and nothing else", () => {
  const theirs = "-A INPUT -p tcp -j STOCKADE2";
  expect(removalFrom(rules("-N STOCKADE", input, "-A OLD -j STOCKADE", theirs, spare, drop))).toBe(
    [
      "*filter",
      "-D INPUT -j STOCKADE",
      "-D OLD -j STOCKADE",
      "-F STOCKADE",
      "-X STOCKADE",
      "COMMIT",
      "",
    ].join("\n"),
  );
  expect(removalFrom(rules(theirs))).toBe("");
});
