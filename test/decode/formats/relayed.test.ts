import { join } from "node:path";
import { expect, test } from "vitest";
import { xmlFilesIn } from "../../../src/config/rule-files.ts";
import type { LogFormat } from "../../../src/core/event.ts";
import { openDecoder } from "../../../src/decode/decode.ts";
import { loadDecoders } from "../../../src/decode/decoders/load.ts";

const decoders = loadDecoders(xmlFilesIn(join(import.meta.dirname, "../../../rules/decoders")));
const decoded = (value: object | string, format: LogFormat = "json") => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const receivedAt = Date.UTC(2026, 10, 22, 10, 0, 30);
  return openDecoder(decoders)({ text, format, location: "/var/log/app.json", receivedAt });
};

const failed = "Failed password for root from 203.0.113.9 port 4711 ssh2";

test("a line that another program wrapped is read by its own decoder", () => {
  const time = "2026-11-22T10:00:00.123Z";
  const event = decoded({ "@timestamp": time, program: "/usr/sbin/sshd", message: failed });
  expect(event).toMatchObject({
    at: Date.parse(time),
    program: "/usr/sbin/sshd",
    decoder: "sshd",
    log: failed,
    srcip: "203.0.113.9",
  });
});

test("a line that no decoder knows keeps the fields of its JSON", () => {
  const event = decoded({ program: "app", message: "hello", client_ip: "203.0.113.9" });
  expect(event).toMatchObject({ decoder: "json", log: "hello", srcip: "203.0.113.9" });
});

test("W14: a program that logs what others say is not sshd", () => {
  const message = `Nov 22 10:00:00 web1 sshd[1]: ${failed}`;
  for (const value of [{ message }, { program: "app", message }, { log: message, stream: "x" }]) {
    expect(decoded(value).srcip).toBeUndefined();
  }
});

test("a time that cannot be is not believed", () => {
  const { at } = decoded({ time: "2036-11-22T10:00:00Z", msg: "a" });
  expect(at).toBe(Date.UTC(2026, 10, 22, 10, 0, 30));
});

test.each(["json", "eve"] as const)("bad %s is an event that nobody decoded", (format) => {
  expect(decoded('{"event_type":"alert"', format)).toMatchObject({
    decoder: undefined,
    log: '{"event_type":"alert"',
    fields: {},
  });
});
