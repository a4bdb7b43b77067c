import { expect, test } from "vitest";
import type { Line } from "../../src/core/event.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { decoders } from "../../src/decode/decoders/index.ts";

const line = (text: string): Line => ({
  text,
  format: "syslog",
  location: "/var/log/auth.log",
  receivedAt: new Date(2026, 10, 22, 10, 1).getTime(),
});
const header = "Nov 22 10:00:00 web1 sshd[42]: ";
const failed = "Failed password for root from 203.0.113.9 port 4711 ssh2";

test.each([
  ["5", 5],
  ["0", 1],
  ["1000", 1000],
  ["1001", 1000],
  ["9".repeat(400), 1000],
])("a line repeated %s times speaks for %i", (written, times) => {
  const event = openDecoder()(line(`${header}message repeated ${written} times: [ ${failed}]`));
  expect(event).toMatchObject({ log: failed, srcip: "203.0.113.9" });
  expect(event.times ?? 1).toBe(times);
});

test("a line that is not repeated speaks for itself", () => {
  expect(openDecoder()(line(header + failed)).times ?? 1).toBe(1);
});

test("the program stays as it was written", () => {
  const event = openDecoder()(line(`Nov 22 10:00:00 web1 /usr/sbin/sshd[42]: ${failed}`));
  expect(event).toMatchObject({ program: "/usr/sbin/sshd", decoder: "sshd", srcip: "203.0.113.9" });
});

test("a message longer than sshd writes names nothing", () => {
  const long = (length: number) =>
    `Failed password for ${"x".repeat(length - failed.length + 4)}${failed.slice(24)}`;
  expect(openDecoder()(line(header + long(2048))).srcip).toBe("203.0.113.9");
  const event = openDecoder()(line(header + long(2049)));
  expect(event).toMatchObject({ decoder: "sshd", fields: {}, srcip: undefined });
});

const starts = [
  "Failed x for invalid user ",
  "Failed publickey for invalid user ",
  "Failed hostbased for root from 1.1.1.1 port 1 ssh2: A SHA256:",
  "Invalid user ",
  "Accepted publickey for ",
  "Connection closed by invalid user ",
  "Connection closed by ",
  "Disconnecting invalid user ",
  "error: maximum authentication attempts exceeded for invalid user ",
  "User ",
  "error: PAM: Authentication failure for illegal user ",
  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=1 user=",
  "PAM 1 more authentication failures; logname=",
  "Bad protocol version identification '",
  "Received disconnect from ",
  "Timeout before authentication for connection from 1.1.1.1 to ",
  "drop connection #1 from [",
  "drop connection #1 from [1.1.1.1]:1 on [",
];
const fragments = [
  "1: from a port 1",
  " from a port 1",
  " from a port 1 ssh2",
  " from a port 1 ssh2: A SHA256:",
  ": A SHA256: from a port 1 ssh2",
  " from ",
  " 1.1.1.1 port 1: ",
  " 1.1.1.1 port 1: Too many authentication failures",
  " port 1: Change of username",
  " from a not allowed because",
  "' from 1 port 1",
  " uid=0 euid=0 tty= ruser= rhost=1 user=",
  " logname=",
  "1",
  "a:",
  " ",
  "A",
  "11:",
  " port 1",
  "]",
  " [preauth]",
  " for invalid user ",
];
const ends = ["", "\u2028", " ", "!"];

test.each(decoders)(
  "every pattern of $name is linear in the message",
  ({ patterns }) => {
    for (const start of starts) {
      for (const fragment of fragments) {
        const middle = fragment.repeat(Math.ceil(100_000 / fragment.length));
        const slow = ends.flatMap((end) =>
          patterns.filter((pattern) => milliseconds(pattern, start + middle + end) > 50),
        );
        expect(slow, `${start}${fragment}…`).toEqual([]);
      }
    }
  },
  60_000,
);

/** The best of three: the machine may be busy, quadratic time stays. */
function milliseconds(pattern: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best > 50; run++) {
    const started = performance.now();
    pattern.test(text);
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
