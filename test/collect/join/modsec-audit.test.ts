import { describe, expect, test } from "vitest";
import { joinLines } from "../../../src/collect/join/join-lines.ts";
import { modsecAudit } from "../../../src/collect/join/modsec-audit.ts";
import { entriesOf } from "./join.ts";

const transaction = (id: string, body = "a=b") => `--${id}-A--
[22/Nov/2026:10:00:00 +0000] VnhlYH8AAQEAADYdAUkAAAAA 203.0.113.9 55275 192.0.2.10 80
--${id}-B--
POST / HTTP/1.1
Host: www.example.com

--${id}-C--
${body}
--${id}-F--
HTTP/1.1 403 Forbidden

--${id}-H--
Message: Access denied with code 403 (phase 2).
Action: Intercepted (phase 2)

--${id}-Z--

`;
const joined = (id: string, body = "a=b") =>
  `--${id}-A-- [22/Nov/2026:10:00:00 +0000] VnhlYH8AAQEAADYdAUkAAAAA 203.0.113.9 55275 192.0.2.10 80 --${id}-B-- POST / HTTP/1.1 Host: www.example.com --${id}-C-- ${body} --${id}-F-- HTTP/1.1 403 Forbidden --${id}-H-- Message: Access denied with code 403 (phase 2). Action: Intercepted (phase 2) --${id}-Z--`;

test("a transaction is one entry", () => {
  const log = transaction("fbd13fc1") + transaction("0a0b0c0d");
  expect(entriesOf(modsecAudit(), log)).toEqual([joined("fbd13fc1"), joined("0a0b0c0d")]);
});

test("libmodsecurity's marks read as those of ModSecurity 2", () => {
  const log = transaction("fbd13fc1").replaceAll(/--(fbd13fc1)-/g, "---$1---");
  expect(entriesOf(modsecAudit(), log)).toEqual([joined("fbd13fc1")]);
});

describe("hostile", () => {
  test.each([
    ["another's end", "--00000000-Z--"],
    ["a whole other transaction", transaction("00000000").replaceAll(/\n+/g, "\n").trim()],
    ["its own end, cut wrong", "--fbd13fc1-Z- -fbd13fc1-Z-- ---fbd13fc1-Z--"],
  ])("a body that imitates %s ends nothing and begins nothing", (_, body) => {
    const entries = entriesOf(modsecAudit(), transaction("fbd13fc1", body));
    expect(entries).toEqual([joined("fbd13fc1", body.replaceAll("\n", " "))]);
  });

  test("a long body is cut, and what ModSecurity says of it is not", () => {
    const joiner = joinLines<number>(modsecAudit());
    const [entry = ""] = transaction("fbd13fc1", "x\n".repeat(5000).trim())
      .split("\n")
      .flatMap((line, index) => [...joiner.push(line, index, 0)]);
    expect(entry.split(" x").length).toBeLessThan(100);
    expect(entry).toContain("Message: Access denied with code 403");
    expect(entry).toMatch(/--fbd13fc1-Z--$/);
    expect(joiner.counts().cut).toBe(1);
  });

  test("a body that says it is ModSecurity's part takes none of its room", () => {
    const body = `--00000000-H--\n${"Message: nothing\n".repeat(5000)}`.trim();
    const [entry = ""] = entriesOf(modsecAudit(), transaction("fbd13fc1", body));
    expect(entry).toContain("Message: Access denied with code 403");
  });

  test("one long line cannot take the room either", () => {
    const [entry = ""] = entriesOf(modsecAudit(), transaction("fbd13fc1", "x".repeat(65_536)));
    expect(entry.length).toBeLessThan(65_536);
    expect(entry).toContain("Message: Access denied with code 403");
  });

  test("a transaction without end is passed on, and the next one is read", () => {
    const joiner = joinLines<number>(modsecAudit());
    for (const line of ["--fbd13fc1-A--", "[22/Nov/2026]"]) joiner.push(line, 0, 0);
    expect(joiner.expire(4999)).toEqual([]);
    expect(joiner.expire(5000)).toEqual(["--fbd13fc1-A-- [22/Nov/2026]"]);
    const lines = transaction("0a0b0c0d").split("\n");
    expect(lines.flatMap((line) => [...joiner.push(line, 0, 9000)])).toEqual([joined("0a0b0c0d")]);
  });
});
