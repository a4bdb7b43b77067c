import { expect, test } from "vitest";
import { gapIn } from "../../../src/respond/firewalls/chain.ts";

const drop = "-A STOCKADE -m set --match-set stockade4 src -j DROP";
const input = "-A INPUT -j STOCKADE";
const forward = "-A FORWARD -j STOCKADE";
const rules = (...lines: string[]) =>
  ["-P INPUT ACCEPT", "-P FORWARD ACCEPT", ...lines, ""].join("\n");

test.each([
  ["all is there", [input, forward, drop], []],
  ["other rules below ours", [input, "-A INPUT -j ACCEPT", forward, drop], []],
  ["nothing is there", [], ["chain STOCKADE", "first rule of INPUT", "first rule of FORWARD"]],
  ["a rule above ours", ["-A INPUT -j ACCEPT", input, forward, drop], ["first rule of INPUT"]],
  ["a jump twice", [input, input, forward, drop], ["first rule of INPUT"]],
  ["an empty chain", [input, forward], ["chain STOCKADE"]],
  ["a hole in the chain", [input, forward, "-A STOCKADE -j RETURN", drop], ["chain STOCKADE"]],
  ["Docker's hook", ["-N DOCKER-USER", input, forward, drop], ["first rule of DOCKER-USER"]],
  ["a chain with a like name", [input, forward, drop, "-A INPUT2 -j ACCEPT"], []],
])("%s", (_title, lines, missing) => {
  expect(gapIn(rules(...lines), "stockade4").missing).toEqual(missing);
});

test("mends all in one transaction, moving a jump to the top", () => {
  expect(gapIn(rules("-A INPUT -j ACCEPT", input, forward), "stockade4").commands).toBe(
    [
      "*filter",
      ":STOCKADE - [0:0]",
      drop,
      "-D INPUT -j STOCKADE",
      "-I INPUT 1 -j STOCKADE",
      "COMMIT",
      "",
    ].join("\n"),
  );
});
