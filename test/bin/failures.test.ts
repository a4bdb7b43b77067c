import { describe, expect, test } from "vitest";
import { openFailures } from "../../src/bin/failures.ts";
import type { Reply } from "../../src/core/block.ts";
import { shippedJudge } from "../weaknesses/judge.ts";
import { openBench } from "./blocking.ts";

const hour = 3_600_000;

describe("W25: a response that fails is told, with its reason", () => {
  test.each([
    "/usr/sbin/ipset: kernel error received: Operation not permitted",
    'cannot write "/etc/hosts.deny": EROFS: read-only file system',
    "60000 blocks are live, which is the limit",
  ])("%s", async (reason) => {
    const bench = await openBench({}, undefined, {
      responder: { ok: false, request: 1, reason },
    });
    bench.alarm("20.0.0.1");
    await expect
      .poll(() => bench.said)
      .toEqual([`stockade: a response failed: firewall-drop of 20.0.0.1: ${reason}`]);
    expect(bench.blocker.counts().refused).toBe(1);
  });

  test("and becomes an alert that is mailed and blocks nobody", () => {
    const text = "stockade: a response failed: firewall-drop of 20.0.0.1: it is broken";
    const line = { text, location: "stockaded", format: "own", receivedAt: 1 } as const;
    const { alert } = shippedJudge().judge(line).verdict;
    expect(alert).toMatchObject({ rule: { id: 309015, level: 9 }, mail: true, mayBlock: false });
  });

  test("a refusal that is right is no failure", async () => {
    const reply: Reply = { ok: false, request: 1, reason: "the gateway", isRight: true };
    const bench = await openBench({}, undefined, { responder: reply });
    bench.alarm("20.0.0.1");
    await expect.poll(() => bench.blocker.counts().refused).toBe(1);
    expect(bench.said).toEqual([]);
  });
});

describe("no flood", () => {
  function open() {
    const said: string[] = [];
    const time = { now: 0 };
    const failed = openFailures(
      (text) => said.push(text),
      () => time.now,
    );
    return { said, time, failed };
  }

  test("of one kind once an hour, then with how many there were", () => {
    const { said, time, failed } = open();
    for (let n = 0; n < 300; n++)
      failed("slack", `10.0.0.${n}`, `no answer for 10.0.0.${n} (${n})`);
    expect(said).toEqual([
      "stockade: a response failed: slack of 10.0.0.0: no answer for 10.0.0.0 (0)",
    ]);
    time.now = hour;
    failed("slack", "10.0.0.9", "no answer for 10.0.0.9 (9)");
    expect(said[1]).toMatch(/ \(and 299 more like it since\)$/);
  });

  test("another response and another reason are another kind", () => {
    const { said, failed } = open();
    failed("slack", "", "no answer");
    failed("slack", "", "took longer than 30 s");
    failed("page", "", "no answer");
    expect(said).toHaveLength(3);
  });

  test("a clock that was set back does not silence it", () => {
    const { said, time, failed } = open();
    time.now = 10 * hour;
    failed("slack", "", "no answer");
    time.now = 0;
    failed("slack", "", "no answer");
    expect(said).toHaveLength(2);
  });

  test("what a program printed is cut and made printable", () => {
    const { said, failed } = open();
    failed("slack", "", `\u001b[2J${"x".repeat(5000)}`);
    expect(said[0]).not.toContain("\u001b");
    expect(said[0]?.length).toBeLessThan(400);
  });
});
