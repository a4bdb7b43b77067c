import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ordersFor } from "../../src/analyse/custom-response.ts";
import { parseAddress } from "../../src/core/address.ts";
import type { Alert } from "../../src/core/alert.ts";
import type { Event } from "../../src/core/event.ts";
import { type Expected, Order } from "../../src/core/order.ts";
import { type VerdictClass, verdictClasses } from "../../src/core/verdict.ts";
import { argumentsOf } from "../../src/respond/execute/custom.ts";
import { eventAt } from "./build.ts";

const condition = (expect: readonly Expected[], more = {}) => ({
  command: "page",
  expect,
  level: 9,
  ruleIds: [],
  ruleGroups: [],
  seconds: 300,
  ...more,
});

function alertOf(more: Partial<Event> = {}): Alert {
  const rule = { id: 5712, level: 10, description: "d", groups: ["sshd"] };
  const event = eventAt(1000, "192.0.2.241", more);
  return { rule, event, previous: [], log: true, mail: true, mayBlock: true };
}
const judged = (name: VerdictClass, fields: Event["fields"] = {}) => {
  const remote = parseAddress("203.0.113.9");
  return alertOf({ verdict: { class: name, reason: "r", remote, local: undefined }, fields });
};
const local = (fields: Event["fields"]) =>
  alertOf({ verdict: undefined, srcip: undefined, fields });

describe("what a command expects", () => {
  test("is what it is told, and nothing else", () => {
    const alert = judged("attacked-by", { dstuser: "bob", filename: "/srv/a", srcip: "10.0.0.1" });
    const told = (...expected: Expected[]) => ordersFor(alert, [condition(expected)])[0];
    const head = { command: "page", seconds: 300 };
    expect(told()).toEqual(head);
    expect(told("srcip")).toEqual({ ...head, address: "203.0.113.9" });
    expect(told("user")).toEqual({ ...head, user: "bob" });
    expect(told("srcip", "user", "filename")).toEqual({
      ...head,
      address: "203.0.113.9",
      user: "bob",
      filename: "/srv/a",
    });
  });

  test("is missing: it is not run", () => {
    expect(ordersFor(local({}), [condition(["srcip"])])).toEqual([]);
    expect(ordersFor(judged("attacked-by"), [condition(["user"])])).toEqual([]);
    expect(ordersFor(judged("attacked-by"), [condition(["srcip", "filename"])])).toEqual([]);
  });

  test("the account that was meant comes before the one that did it, as in OSSEC", () => {
    const user = (fields: Event["fields"]) =>
      ordersFor(local(fields), [condition(["user"])])[0]?.user;
    expect(user({ dstuser: "bob", srcuser: "eve" })).toBe("bob");
    expect(user({ dstuser: "", srcuser: "eve" })).toBe("eve");
    expect(user({ srcuser: "eve" })).toBe("eve");
  });

  test("a rule with no_ar leads to none, level, ids and groups are alternatives", () => {
    const alert = judged("attacked-by");
    expect(ordersFor({ ...alert, mayBlock: false }, [condition([])])).toEqual([]);
    const when = (more: object) => ordersFor(alert, [condition([], { level: undefined, ...more })]);
    expect(when({ level: 11 })).toEqual([]);
    expect(when({ level: 11, ruleIds: [5712] })).toHaveLength(1);
    expect(when({ ruleGroups: ["sshd"] })).toHaveLength(1);
  });
});

describe("the verdict", () => {
  test.each(verdictClasses)("%s: a command that is told whom it is about needs its own", (name) => {
    const alert = judged(name, { dstuser: "bob", filename: "/srv/a" });
    const runs = (expected: Expected[], verdicts?: readonly VerdictClass[]) =>
      ordersFor(alert, [condition(expected, verdicts && { verdicts })]).length === 1;
    for (const one of ["srcip", "user", "filename"] as const) {
      expect(runs([one])).toBe(name === "attacked-by");
      expect(runs([one], [name])).toBe(true);
      expect(
        runs(
          [one],
          verdictClasses.filter((other) => other !== name),
        ),
      ).toBe(false);
    }
    expect(runs([])).toBe(true);
    expect(runs([], [name])).toBe(true);
    expect(runs([], [])).toBe(false);
  });

  test("an event of this machine's own has none, and may name a user", () => {
    expect(ordersFor(local({ srcuser: "bob" }), [condition(["user"])])).toHaveLength(1);
  });

  test("W14: an address that stands in the log is never the one that is told", () => {
    const { address } =
      ordersFor(judged("attacked-by", { srcip: "8.8.8.8" }), [condition(["srcip"])])[0] ?? {};
    expect(address).toBe("203.0.113.9");
  });
});

describe("W15: what an attacker writes is no argument", () => {
  test.each([
    "-d",
    "--help",
    "-",
    ".",
    "a b",
    "a;id",
    "$(id)",
    "`id`",
    "a\nb",
    "a/b",
    "../x",
    "a\u0000",
    "a'",
    "\u202ebob",
    "bob\u00e9",
    "x".repeat(129),
    "",
  ])("the user name %j", (user) => {
    for (const fields of [{ dstuser: user }, { srcuser: user }]) {
      expect(ordersFor(local(fields), [condition(["user"])])).toEqual([]);
    }
  });

  test.each([
    "-rf",
    "srv/a",
    "/a\nb",
    "/a\u0000",
    "/a/../b",
    "/..",
    "",
    `/${"x".repeat(1100)}`,
    "/a\u009b",
  ])("the file %j", (filename) => {
    expect(ordersFor(local({ filename }), [condition(["filename"])])).toEqual([]);
  });

  test.each(["host.example", "-h", "192.0.2.7 -j ACCEPT", "192.0.2.7;id", "1.2.3", "fe80::1%eth0"])(
    "the address %j",
    (srcip) => {
      const alert = alertOf({ verdict: undefined, srcip: parseAddress(srcip), fields: { srcip } });
      expect(ordersFor(alert, [condition(["srcip"])])).toEqual([]);
    },
  );

  test("names that people and mailboxes have are", () => {
    for (const user of ["bob", "b.o-b_2", "bob@example.com", "_apt", "1001", "x".repeat(128)]) {
      expect(ordersFor(local({ dstuser: user }), [condition(["user"])])).toMatchObject([{ user }]);
    }
  });

  test("whatever a log says, seven arguments of the right form, and the executor takes the order", () => {
    const seed = Date.now() % 1_000_000_007;
    process.stdout.write(`W15: seed ${seed}\n`);
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom(..."-/.$`;|&<>\n\0 '\"\\ab@%=*?~#".split("")),
        maxLength: 20,
      }),
      fc.constantFrom("-d", "--", "/etc/passwd", "bob", "../..", "/a b", "root\n", "192.0.2.1"),
    );
    const fields = fc.record({
      dstuser: hostile,
      srcuser: hostile,
      filename: hostile,
      srcip: hostile,
    });
    const wants = fc.subarray<Expected>(["srcip", "user", "filename"]);
    let run = 0;
    fc.assert(
      fc.property(fields, wants, fc.constantFrom(...verdictClasses), (given, expected, name) => {
        for (const wish of ordersFor(judged(name, given), [condition(expected)])) {
          run += 1;
          const order = Order.parse({ verb: "run", ...wish, rule: 1, alert: "1.1" });
          if (order.verb !== "run") throw new Error("another verb");
          const [action, user, address, alert, rule, location, filename, ...more] = argumentsOf(
            "add",
            { ...order, executable: "page.sh", since: 0, until: 0 },
          );
          expect([action, alert, rule, location, more]).toEqual(["add", "1.1", "1", "-", []]);
          expect(user).toMatch(/^(-|[A-Za-z0-9_][A-Za-z0-9._@-]*)$/);
          expect(["-", "203.0.113.9"]).toContain(address);
          expect(filename).toMatch(/^(-|\/\P{Cc}*)$/u);
          expect(filename?.split("/")).not.toContain("..");
        }
      }),
      { seed, numRuns: 20_000 },
    );
    expect(run).toBeGreaterThan(1000);
  });
});
