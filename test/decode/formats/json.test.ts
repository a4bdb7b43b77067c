import { describe, expect, test } from "vitest";
import { readJson } from "../../../src/decode/formats/json.ts";
import { costOf } from "../../cost.ts";

const at = Date.UTC(2026, 10, 22, 10, 0, 0, 123);

describe("what programs write", () => {
  test.each([
    [
      "docker's json-file",
      '{"log":"192.0.2.9 - - [22/Nov/2026:10:00:00 +0000] \\"GET / HTTP/1.1\\" 404 9\\n","stream":"stdout","time":"2026-11-22T10:00:00.123456789Z"}',
      {
        at,
        log: '192.0.2.9 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 404 9',
        program: undefined,
        isRelayed: true,
      },
    ],
    [
      "docker around a program's own JSON",
      '{"log":"{\\"level\\":30,\\"msg\\":\\"login failed\\",\\"remote_ip\\":\\"192.0.2.9\\"}\\n","stream":"stderr","time":"2026-11-22T10:00:00.123Z"}',
      { at, log: "login failed", isRelayed: false, fields: { srcip: "192.0.2.9" } },
    ],
    [
      "the journal, root's own words",
      `{"__REALTIME_TIMESTAMP":"${at}000","MESSAGE":"Failed password for root","SYSLOG_IDENTIFIER":"sshd","_UID":"0","_HOSTNAME":"web1"}`,
      { at, host: "web1", program: "sshd", log: "Failed password for root", isRelayed: true },
    ],
    [
      "W34: the journal, a user who calls himself sshd",
      '{"MESSAGE":"Failed password for root from 192.0.2.66 port 1 ssh2","SYSLOG_IDENTIFIER":"sshd","_UID":"1000"}',
      { program: "user[1000]" },
    ],
    [
      "Elastic's schema",
      '{"@timestamp":"2026-11-22T10:00:00.123Z","message":"no","host":{"name":"web1"},"process":{"name":"app"},"source":{"ip":"192.0.2.9","port":4711},"url":{"path":"/x"},"user":{"name":"bob"}}',
      {
        at,
        host: "web1",
        program: "app",
        log: "no",
        fields: { srcip: "192.0.2.9", srcport: "4711", url: "/x", dstuser: "bob" },
      },
    ],
    [
      "Caddy",
      `{"level":"info","ts":${at / 1000},"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"2001:db8::9","client_ip":"2001:db8::9","uri":"/.env"},"status":404}`,
      { at, log: "handled request", fields: { srcip: "2001:db8::9", url: "/.env", status: "404" } },
    ],
    [
      "pino",
      `{"level":30,"time":${at},"pid":1,"hostname":"web1","req":{"url":"/a","remoteAddress":"::ffff:192.0.2.9"},"msg":"request completed"}`,
      { at, host: "web1", fields: { srcip: "192.0.2.9", url: "/a" } },
    ],
    [
      "nginx by custom, where host is what the client asked for",
      '{"time":"2026-11-22T10:00:00+00:00","remote_addr":"192.0.2.9","host":"evil","request_uri":"/a","status":"404"}',
      { host: undefined, isRelayed: false, fields: { srcip: "192.0.2.9", status: "404" } },
    ],
  ])("%s", (_, line, expected) => {
    expect(readJson(line)).toMatchObject({ decoder: "json", category: "syslog", ...expected });
  });
});

test("values are named by their way", () => {
  const line = '{"a":{"b":{"c":1}},"list":["x",{"y":true}],"none":null,"a.b.c":"first stays"}';
  expect(readJson(line)?.fields).toEqual({
    "a.b.c": "1",
    "list.0": "x",
    "list.1.y": "true",
  });
});

test("without a message the whole line is the log", () => {
  expect(readJson('{"a":1}')).toMatchObject({ log: '{"a":1}', at: undefined });
});

test.each([
  ['"X-Forwarded-For":"192.0.2.66"', undefined],
  ['"remote_addr":"192.0.2.9:4711"', "192.0.2.9"],
  ['"remote_addr":"[2001:db8::9]:4711"', "2001:db8::9"],
  ['"remote_addr":"010.0.0.1"', undefined],
  ['"remote_addr":["192.0.2.9"]', undefined],
  ['"remote_addr":"nobody","client_ip":"192.0.2.9"', "192.0.2.9"],
  ['"srcip":"192.0.2.1","client_ip":"192.0.2.9"', "192.0.2.1"],
])("of %s the address is %s", (text, srcip) => {
  expect(readJson(`{${text}}`)?.fields["srcip"]).toBe(srcip);
});

test.each([
  ['"time":"2026-11-22T10:00:00.123Z"', at],
  ['"time":"2026-11-22 11:00:00,123 +0100"', at],
  ['"ts":1795341600.123', at],
  ['"time":1795341600123', at],
  ['"timestamp":"1795341600123456"', at],
  ['"time":1795341600123456789', at],
  ['"time":"yesterday"', undefined],
  ['"time":"2026-13-45T99:00:00Z"', undefined],
  ['"time":-1', undefined],
  ['"time":{"a":1}', undefined],
  ['"time":"yesterday","ts":1795341600.123', at],
])("of %s the time is %s", (text, expected) => {
  expect(readJson(`{${text}}`)?.at).toBe(expected);
});

describe("hostile lines", () => {
  test.each(["", "null", "[1]", '"text"', "{", '{"a":', "plain text", "\0", "{'a':1}"])(
    "%j is none",
    (line) => {
      expect(readJson(line)).toBeUndefined();
    },
  );

  test("a line end in a message does not make two lines of it", () => {
    const line = JSON.stringify({ program: "app", msg: "a\r\nNov 22 10:00:00 web1 sshd[1]: b" });
    expect(readJson(line)?.log).toBe("a Nov 22 10:00:00 web1 sshd[1]: b");
  });

  test("no name in it reaches the program's own objects", () => {
    const line = '{"__proto__":{"polluted":"x"},"constructor":{"prototype":{"polluted":"y"}}}';
    expect(readJson(line)?.fields).toEqual({ "constructor.prototype.polluted": "y" });
    expect({}).not.toHaveProperty("polluted");
    expect(readJson('{"__proto__":"x","a":{"__proto__":"y"}}')?.fields).toEqual({});
  });

  test("a program's name that is none is left out", () => {
    expect(readJson('{"program":"sshd[1]: x","msg":"a"}')).toMatchObject({
      program: undefined,
      isRelayed: false,
    });
  });

  test.each([
    ["deep", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["a deep list", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
    ["many names", `{${Array.from({ length: 9000 }, (_, n) => `"${n}":1`).join()}}`],
    ["long", JSON.stringify({ a: "x".repeat(65_000) })],
  ])("%s costs little and gives little", (_, line) => {
    expect(costOf(() => readJson(line))).toBeLessThan(100);
    const fields = readJson(line)?.fields ?? {};
    expect(Object.keys(fields).length).toBeLessThanOrEqual(207);
    expect(JSON.stringify(fields).length).toBeLessThan(10_000);
  });
});
