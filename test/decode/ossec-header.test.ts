import { describe, expect, test } from "vitest";
import { ossecHeader, withoutControls } from "../../src/decode/ossec-header.ts";

/** Host, program and log, as OSSEC's pre-decoding leaves them. */
const read = (text: string) => {
  const { host, program, log } = ossecHeader(text);
  return [host, program, log];
};
const none = undefined;

describe("dates", () => {
  test.each([
    ["Dec 29 10:00:01 h p: x", ["h", "p", "x"]],
    ["XYZ AA 10:00:01 h p[1]: x", ["h", "p", "x"]],
    ["abc -9 10:00:01 h p[1]: x", ["h", "p", "x"]],
    ["Dec 29 10:00:01 ", [none, none, "Dec 29 10:00:01 "]],
    ["Dec 29 10:00:01 x", [none, none, "x"]],
    ["Dec 29 10:00:01", [none, none, "Dec 29 10:00:01"]],
    ["2015-04-16 21:51:02,805 h p: x", ["h", "p", "x"]],
    ["2015-04-16 21:51:02 h p: x", [none, none, "2015-04-16 21:51:02 h p: x"]],
    ["2007-06-14T15:48:55-04:00 h p[1]: x", ["h", "p", "x"]],
    ["2007-06-14T15:48:55-04:00 h p: 12", ["h", "p", "12"]],
    ["2007-06-14T15:48:55-04:00 h p: ", [none, none, "2007-06-14T15:48:55-04:00 h p: "]],
    ["2009-05-22T09:36:46.214994-07:00 h p: x", ["h", "p", "x"]],
    ["2009-05-22T09:36:46,2-07:00 h p: xxxxx", ["h", "p", "xxxxx"]],
    [
      "2009-05-22T09:36:46.2149941-07:00 h p: x",
      [none, none, "2009-05-22T09:36:46.2149941-07:00 h p: x"],
    ],
    ["2007-06-14T15:48:55Z h p: xxxxxxxxxx", [none, none, "2007-06-14T15:48:55Z h p: xxxxxxxxxx"]],
    ["2007-06-14T15:48:55+0000 h p: xxxxxx", [none, none, "2007-06-14T15:48:55+0000 h p: xxxxxx"]],
    ["2015 Dec 29 10:00:01 WinEvtLog: x", [none, "WinEvtLog", "x"]],
    ["2019:11:06-00:08:03 h p: x", ["h", "p", "x"]],
    ["<13>Dec 29 10:00:01 h p: x", [none, none, "<13>Dec 29 10:00:01 h p: x"]],
  ])("%s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test("counts bytes: another accent moves the places, the umlaut of March is repaired", () => {
    expect(read("Mär 02 17:30:52 h p: x")).toEqual(["h", "p", "x"]);
    expect(read("Fév 02 17:30:52 h p: x")).toEqual([none, none, "Fév 02 17:30:52 h p: x"]);
    expect(read("Mär is a month")).toEqual([none, none, ""]);
    expect(read("Dec 29 10:00:01 h p: Ünïcode")).toEqual(["h", "p", "Ünïcode"]);
    expect(read("Dec 29 10:00:01 ü p: x")).toEqual([none, none, "ü p: x"]);
  });
});

describe("host and program", () => {
  test.each([
    [" h p: x", ["h", "p", "x"]],
    ["  h p: x", ["", none, "h p: x"]],
    ["h  p: x", ["h", none, " p: x"]],
    ["h /usr/sbin/sshd[1]: x", ["h", "/usr/sbin/sshd", "x"]],
    ["h sshd(pam_unix)[1]: x", ["h", "sshd(pam_unix)", "x"]],
    ["h p[12] x", ["h", "p", "x"]],
    ["h p[12]: ", ["h", "p", ""]],
    ["h p[12]:", ["h", none, "p[12]:"]],
    ["h p[12]:x", ["h", none, "p[12]:x"]],
    ["h p[12x]: x", ["h", none, "p[12x]: x"]],
    ["h p[x]: x", ["h", none, "p[x]: x"]],
    ["h p:x", ["h", none, "p:x"]],
    ["h last message repeated", ["h", none, "last message repeated"]],
    ["sshd: x", [none, "sshd", "x"]],
    ["sshd[12]: x", [none, none, "sshd[12]: x"]],
    ["fe80::1 p: x", [none, none, "fe80::1 p: x"]],
    ["%ASA-1: x", [none, none, "%ASA-1: x"]],
    ["h p: [ID 7 auth.info] x", ["h", "p", "x"]],
    ["h p: [ID 7 auth.info]x", ["h", "p", "[ID 7 auth.info]x"]],
    ["p: [ID 7 auth.info] x", [none, "p", "x"]],
    ["h [ID 7 auth.info] x", ["h", none, "[ID 7 auth.info] x"]],
    ["h auth|security:info p[12]: x", ["h", "p", "x"]],
    ["h auth|security:info p: x", ["h", "p", "x"]],
    ["h auth|security: p: x", ["h", "p", "x"]],
    ["h auth|Security:info p: x", ["h", none, "auth|Security:info p: x"]],
    ["h auth|security info p: x", ["h", none, "auth|security info p: x"]],
    ["h auth|security:info nocolon hello", ["h", "nocolon hello", " hello"]],
    ["h auth|security:info su[12] hello", ["h", "su", "auth|security:info su"]],
  ])("%s", (text, expected) => {
    expect(read(`Dec 29 10:00:01 ${text}`)).toEqual(expected);
  });
});

describe("what has a date and names nobody", () => {
  test.each([
    ["Mon Apr 17 18:27:14 2006 1 64.160.42.130 x", " 1 64.160.42.130 x"],
    ["Mon Apr 17 18:27:14 2006 11 64.160.42.130 x", "Mon Apr 17 18:27:14 2006 11 64.160.42.130 x"],
    ["01/28-09:13:16.240702  [**] x", "[**] x"],
    ["01/28/1979-09:13:16.240702  [**] x", "[**] x"],
    ["01/28/1979-09:13:16.240702 ", ""],
    ["[Fri Feb 11 18:06:35 2004] [warn] x", "[warn] x"],
    ["[Fri Feb 11 18:06:35.123 2004] x", "[Fri Feb 11 18:06:35.123 2004] x"],
    ["1140804070.368  11623 192.0.2.1 x", "11623 192.0.2.1 x"],
    ["1140804070.368     11 192.0.2.1 x", "11 192.0.2.1 x"],
    ["1140804070.368 1 192.0.2.1 x xxxx", "1140804070.368 1 192.0.2.1 x xxxx"],
    ["192.0.2.1 - - [x] y", "192.0.2.1 - - [x] y"],
    ["", ""],
  ])("%s", (text, log) => {
    expect(read(text)).toEqual([none, none, log]);
  });

  const time = "[Time 2006.12.28 15:53:55 UTC]";
  test.each([
    ["[Facility auth] [Sender sshd] [PID 1] [Message x y] [Host h] z", ["h", "sshd", "x y"]],
    ["[Host h] [Sender sshd] [Message x]", ["h", none, " UTC] [Host h"]],
    ["[Sender sshd] [Message x] [Message y]", [none, "sshd", "x"]],
    ["[Sender sshd] [Message x", [none, "sshd", "x"]],
    ["[Sender sshd", [none, none, " UTC] [Sender sshd"]],
    ["[Message x] [Host h", [none, none, "x"]],
  ])("%s", (text, expected) => {
    expect(read(`${time} ${text}`)).toEqual(expected);
  });
});

test.each([
  ["a\tb", "ab"],
  ["a\u007f\r\n\u0001b", "ab"],
  ["a\u0000b", "a"],
  ["\tä\u0000", "ä"],
  ["ä", "ä"],
])("%j is kept as %j", (text, kept) => {
  expect(withoutControls(text)).toBe(kept);
});
