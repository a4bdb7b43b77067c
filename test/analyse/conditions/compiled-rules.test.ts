import { expect, test } from "vitest";
import { compiledRule } from "../../../src/analyse/conditions/compiled-rules.ts";
import { eventAt } from "../build.ts";

function holds(name: string, fields: Record<string, string>, log = "x", compatible = false) {
  return compiledRule(name, compatible)(eventAt(0, "192.0.2.1", { fields, log }));
}

test.each([
  ["check_id_size", { id: "123456789" }, false],
  ["check_id_size", { id: "1234567890" }, true],
  ["check_id_size", { id: "12345678é" }, true],
  ["check_id_size", {}, false],
  ["comp_srcuser_dstuser", { srcuser: "a", dstuser: "a" }, true],
  ["comp_srcuser_dstuser", { srcuser: "a", dstuser: "A" }, false],
  ["comp_srcuser_dstuser", { srcuser: "a" }, true],
  ["comp_srcuser_dstuser", { dstuser: "a" }, true],
  ["is_simple_http_request", { url: "/" }, true],
  ["is_simple_http_request", { url: "/index.html", action: "get" }, true],
  ["is_simple_http_request", { url: "/index.html", action: "POST" }, false],
  ["is_simple_http_request", { url: "/?q" }, false],
  ["is_simple_http_request", { action: "GET" }, false],
])("%s of %j: %s", (name, fields, expected) => {
  expect(holds(name, fields)).toBe(expected);
  expect(holds(name, fields, "x", true)).toBe(expected);
});

const windows = (target: string, caller: string) =>
  `Target Account Name: ${target}Target Domain: x  Caller User Name: ${caller}Caller Domain: y`;

test.each([
  [windows("bob\t", "bob\t"), false],
  [windows("bob  ", "bob  "), false],
  [windows("bob\t", "eve\t"), true],
  [windows("bob\t", "bobby\t"), true],
  [windows("bobby\t", "bob\t"), true],
  ["Caller User Name: bob\tTarget Account Name: bob", false],
  ["Caller User Name: eve\tTarget Account Name: bob", true],
  ["Target Account Name: bob\t", false],
  ["Caller User Name: bob\t", false],
  ["Target Account Name Caller User Name", false],
])("another caller in %j: %s", (log, expected) => {
  expect(holds("comp_mswin_targetuser_calleruser_diff", {}, log)).toBe(expected);
});

test("W13: no crawler is asked for by name; OSSEC's old ranges are its own affair", () => {
  for (const start of ["66.249.66.1", "192.0.2.1", "72.140.0.1", "x 72.14.0.1"]) {
    expect(holds("is_valid_crawler", {}, `${start} - - [x] "GET /"`, true)).toBe(false);
  }
  for (const start of ["72.14.0.1", "209.85.1.1", "65.55.1.1", "207.46.1.1", "74.6.1.1"]) {
    expect(holds("is_valid_crawler", {}, `${start} - - [x] "GET /"`, true)).toBe(true);
    expect(holds("is_valid_crawler", {}, `${start} - - [x] "GET /"`)).toBe(false);
  }
});

test("an unknown one is refused with those there are", () => {
  expect(() => compiledRule("is_prime", false)).toThrow('is "is_prime", expected check_id_size, ');
});
