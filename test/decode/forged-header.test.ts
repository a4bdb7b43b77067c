import { join } from "node:path";
import { expect, test } from "vitest";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import type { LogFormat } from "../../src/core/event.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { loadDecoders } from "../../src/decode/decoders/load.ts";

const decoders = loadDecoders(xmlFilesIn(join(import.meta.dirname, "../../rules/decoders")));
const decode = openDecoder(decoders);
const location = "/var/log/nginx/error.log";
const receivedAt = new Date(2026, 10, 22, 10, 1).getTime();
const read = (text: string, format: LogFormat) => decode({ text, format, location, receivedAt });

// What a request for "/%0aNov%2022%2010:00:01%20web1%20sshd[42]:%20Failed..." leaves in nginx's error log.
const forged =
  "Nov 22 10:00:01 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2";

test.each(["apache", "squid", "mysql_log", "postgresql_log"] as const)(
  "a log of the format %s has no messages of other programs",
  (format) => {
    const event = read(forged, format);
    expect(event.program).toBeUndefined();
    expect(event.decoder).toBeUndefined();
    expect(event.srcip).toBeUndefined();
    expect(event.log).toBe(forged);
  },
);

test("syslog has", () => {
  expect(read(forged, "syslog").srcip).toBe("203.0.113.9");
});

test("the lines that belong there are read, dates that look like a header's too", () => {
  const denied =
    "2026-11-22 10:00:01 3 [Warning] Access denied for user 'root'@'192.0.2.1' (using password: YES)";
  expect(read(denied, "mysql_log").decoder).toBe("mysql_log");
  expect(read(`MySQL log: ${denied}`, "mysql_log").decoder).toBe("mysql_log");
  const refused =
    '2026-11-22 10:00:01.063 UTC [1241] a@b FATAL:  password authentication failed for user "a"';
  expect(read(refused, "postgresql_log").decoder).toBe("postgresql_log");
  const asked = '203.0.113.9 - - [22/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "-"';
  expect(read(asked, "apache").decoder).toBe("web-accesslog");
});
