import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/analyse/history.ts";
import { Pool } from "../../src/analyse/pool.ts";

const roomy = { sources: 1000, characters: 1e6 };
const question = { rule: 1, frequency: 3, timeframe: 60_000, ignore: 0 };

/** Adds events of one source at these seconds and tells at which of them the rule fired. */
function firings(history: ReturnType<typeof openHistory>, seconds: number[], more = {}) {
  return seconds.filter((second) => {
    history.add("a", second * 1000, `line ${second}`);
    return history.fire("a", second * 1000, { ...question, ...more });
  });
}

describe("a spray of sources", () => {
  const slow = { rule: 1, frequency: 8, timeframe: 600_000, ignore: 0 };

  test("of a million does not hide who tries once in 10,000 of them, and grows to its bound only", () => {
    const bounds = { sources: 50_000, characters: 16_000_000, span: 600_000 };
    const history = openHistory(8, bounds);
    let fired = 0;
    for (let n = 1; n <= 1_000_000; n++) {
      const at = n / 2;
      history.add(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, at, "sprayed");
      if (n % 10_000 > 0) continue;
      history.add("192.0.2.1", at, "slow");
      if (history.fire("192.0.2.1", at, slow)) fired += 1;
    }
    expect(fired).toBe(12);
    expect(history.size).toBe(50_000);
  });

  test("that comes back once drives out others who came as often, not who came oftener", () => {
    const history = openHistory(8, { sources: 400, characters: 1e9 });
    for (let n = 0; n < 7; n++) history.add("192.0.2.1", n, "slow");
    for (let n = 0; n < 2; n++) history.add("192.0.2.2", n, "twice");
    for (let n = 0; n < 100_000; n++) {
      history.add(`${n}`, n, "sprayed");
      history.add(`${n}`, n, "sprayed");
    }
    history.add("192.0.2.1", 10, "slow");
    expect(history.fire("192.0.2.1", 10, slow)?.length).toBe(7);
    history.add("192.0.2.2", 10, "twice");
    expect(history.fire("192.0.2.2", 10, { ...slow, frequency: 3 })).toBeUndefined();
    expect(history.size).toBeLessThanOrEqual(400);
  });

  test("leaves newcomers room, whatever the sources before them did", () => {
    const history = openHistory(8, { sources: 400, characters: 1e9 });
    for (let n = 0; n < 80_000; n++) history.add(`${n % 10_000}`, n, "busy");
    for (let n = 0; n < 8000; n++) history.add(`${n >> 3}`, n, "full");
    for (let n = 0; n < 50; n++) history.add(`new ${n}`, n, "new");
    history.add("new 0", 100, "new");
    expect(history.fire("new 0", 100, { ...slow, frequency: 2 })).toEqual(["new"]);
  });

  test("with long lines drives out its like, and who writes short ones stays", () => {
    const history = openHistory(8, { sources: 1e9, characters: 100_000 });
    for (let n = 0; n < 3; n++) history.add("192.0.2.1", n, "slow");
    for (let n = 0; n < 10_000; n++) history.add(`${n >> 3}`, n, "x".repeat(60_000));
    expect(history.size).toBeLessThan(100);
    expect(history.size).toBeGreaterThan(10);
    expect(history.fire("192.0.2.1", 3, { ...slow, frequency: 3 })).toEqual(["slow", "slow"]);
  });

  test.each([
    [2, 1],
    [4, 3],
    [8, 7],
  ])("who came %i times outlasts those who came %i times", (often, seldom) => {
    const history = openHistory(8, { sources: 40, characters: 1e9 });
    for (let n = 0; n < often; n++) history.add("192.0.2.1", n, "slow");
    for (let n = 0; n < 1000 * seldom; n++) history.add(`${Math.floor(n / seldom)}`, n, "sprayed");
    expect(history.fire("192.0.2.1", 10, { ...slow, frequency: often })).toHaveLength(often - 1);
  });

  test("of those who came as often takes who was quiet for longest", () => {
    const history = openHistory(1, { sources: 10, characters: 1e9 });
    for (let n = 0; n < 10; n++) history.add(`${n}`, n, "first");
    history.add("0", 10, "again");
    for (let n = 10; n < 19; n++) history.add(`${n}`, n, "new");
    const kept = (key: string) => history.fire(key, 20, { ...slow, frequency: 1 }) !== undefined;
    expect(["0", "1", "9", "10", "18"].map(kept)).toEqual([true, false, false, true, true]);
  });

  test("is bounded for all histories of a pool together", () => {
    const pool = new Pool({ sources: 100, characters: 1e9 });
    const histories = Array.from({ length: 7 }, () => openHistory(8, roomy, pool));
    for (let n = 0; n < 10_000; n++) histories[n % 7]?.add(`${n}`, n, "sprayed");
    expect(pool.size).toBe(100);
    expect(histories.reduce((sum, { size }) => sum + size, 0)).toBe(100);
  });

  test("keeps in memory what it shows and no more, however long the lines it was cut out of", () => {
    const history = openHistory(2, { sources: 1000, characters: 1e9 });
    const before = heap();
    for (let n = 0; n < 1000; n++) {
      const line = Buffer.alloc(65_536, `the user ${n} and so on `).toString("latin1");
      const key = line.slice(0, 40);
      for (const at of [n, n + 1]) history.add(key, at, line, line.slice(at, at + 30));
    }
    expect(history.size).toBe(1000);
    expect((heap() - before) / 1000).toBeLessThan(4000);
  });
});

describe("time", () => {
  test("a source that was quiet for longer than any rule asks begins anew and makes room", () => {
    const history = openHistory(3, { ...roomy, span: 60_000 });
    for (let n = 0; n < 50; n++) history.add(`${n}`, n, "old");
    for (let n = 0; n < 60; n++) history.add(`new ${n}`, 100_000 + n, "new");
    expect(history.size).toBe(60);
    expect(firings(history, [0, 1, 200, 201, 202, 400, 401, 402])).toEqual([202, 402]);
  });

  test("what a source did long ago no longer ranks it above newcomers", () => {
    const history = openHistory(3, { sources: 40, characters: 1e6, span: 60_000 });
    firings(history, [0, 1, 200]);
    for (let n = 0; n < 100; n++) history.add(`${n}`, 200_000, "new");
    expect(firings(history, [201, 202])).toEqual([]);
  });

  test("an event that is not counted itself asks about those around it", () => {
    const history = openHistory(3, roomy);
    for (const at of [100_000, 110_000, 120_000]) history.add("a", at, "line");
    expect(history.fire("a", 10_000, question)).toBeUndefined();
    expect(history.fire("a", 190_000, question)).toBeUndefined();
    expect(history.fire("a", 65_000, question)).toHaveLength(2);
  });

  test("events out of order count within one timeframe, wherever it lies", () => {
    expect(firings(openHistory(3, roomy), [100, 70, 130])).toEqual([130]);
    expect(firings(openHistory(3, roomy), [100, 60, 130])).toEqual([]);
    expect(firings(openHistory(4, roomy), [100, 10, 20, 30])).toEqual([30]);
    expect(firings(openHistory(3, roomy), [100, 150, 40])).toEqual([]);
  });

  test("order returns, and with it the short way", () => {
    const history = openHistory(3, roomy);
    expect(firings(history, [10, 5, 100, 200, 300])).toEqual([]);
    expect(firings(history, [301, 302])).toEqual([302]);
  });

  test("lines of long ago neither join nor push out those of now", () => {
    const history = openHistory(3, { ...roomy, span: 60_000 });
    const mixed = [7200, 0, 7201, 10, 3600, 7202];
    expect(firings(history, mixed)).toEqual([7202]);
    const caughtUp = [9000, 0, 9100, 1, 9200, 2];
    expect(firings(openHistory(3, { ...roomy, span: 60_000 }), caughtUp)).toEqual([2]);
  });

  test("a clock that was set back by hours counts on", () => {
    const history = openHistory(3, { ...roomy, span: 60_000 });
    expect(firings(history, [7200, 7201, 7202], { ignore: 60_000 })).toEqual([7202]);
    expect(firings(history, [0, 1, 2, 3, 4, 5], { ignore: 60_000 })).toEqual([2]);
  });
});

describe("events that must differ", () => {
  const asked = { ...question, frequency: 3 };
  const fires = (history: ReturnType<typeof openHistory>, at: number, value: string) => {
    history.add("a", at, `${value} ${at}`, value);
    return history.fire("a", at, asked);
  };

  test("count once each, whatever comes between", () => {
    const history = openHistory(3, roomy);
    for (let at = 0; at < 50; at++) expect(fires(history, at, "/a")).toBeUndefined();
    for (let at = 50; at < 99; at++)
      expect(fires(history, at, at % 2 ? "/a" : "/b")).toBeUndefined();
    expect(fires(history, 100, "/c")).toEqual(["/b 98", "/a 97"]);
  });

  test("stay in the timeframe by being seen again", () => {
    const history = openHistory(3, roomy);
    fires(history, 0, "/a");
    fires(history, 40_000, "/b");
    fires(history, 50_000, "/a");
    expect(fires(history, 90_000, "/c")).toEqual(["/a 50000", "/b 40000"]);
    const other = openHistory(3, roomy);
    fires(other, 0, "/a");
    fires(other, 40_000, "/b");
    expect(fires(other, 90_000, "/c")).toBeUndefined();
  });

  test("count anew after the rule fired, old values too", () => {
    const history = openHistory(3, roomy);
    const values = ["/a", "/b", "/c", "/a", "/a", "/b", "/b", "/c"];
    const fired = values.map((value, at) => fires(history, at, value) !== undefined);
    expect(fired.map(Number)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
  });

  test("push out the value that was not seen for longest", () => {
    const history = openHistory(2, roomy);
    for (const [at, value] of ["/a", "/b", "/a", "/c"].entries())
      history.add("a", at, value, value);
    expect(history.fire("a", 4, { ...asked, frequency: 2 })).toEqual(["/a"]);
  });

  test("cost what is remembered of them, not what was forgotten", () => {
    const history = openHistory(3, { sources: 10, characters: 2000 });
    const values = Array.from({ length: 999 }, (_, at) => `/${at % 7}${"x".repeat(100)}`);
    const fired = values.filter((value, at) => fires(history, at, value));
    expect(fired).toHaveLength(333);
  });

  test("are told apart however long they are", () => {
    const history = openHistory(3, roomy);
    const long = "x".repeat(5000);
    for (const at of [0, 1, 2]) expect(fires(history, at, `${long}a`)).toBeUndefined();
    expect(fires(history, 3, `${long}b`)).toBeUndefined();
    expect(fires(history, 4, `${long}c`)).toHaveLength(2);
  });
});

function heap(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
