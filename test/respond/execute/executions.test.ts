import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExecutedEntry } from "../../../src/respond/active-responses.ts";
import type { Done, Execution, Program } from "../../../src/respond/execute/execution.ts";
import { Executions } from "../../../src/respond/execute/executions.ts";
import { executionsFile } from "../../../src/respond/execute/executions-file.ts";
import { addressOf, memoryLog, remove } from "../machine.ts";
import { anExecution, openPlace, type Place } from "./bench.ts";

let place: Place;
let opened: Executions[] = [];
beforeEach(() => {
  place = openPlace();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  remove(place.root);
});

interface Odd {
  /** What the program answers, call by call; then it is well. */
  readonly answers?: Done[];
  readonly triesAgain?: boolean;
  readonly limits?: ConstructorParameters<typeof Executions>[0]["limits"];
  readonly aheadMilliseconds?: number;
  readonly during?: (verb: string) => void | Promise<void>;
}

function open({
  answers = [],
  triesAgain = false,
  limits,
  aheadMilliseconds = 0,
  during,
}: Odd = {}) {
  const calls: string[] = [];
  const log = memoryLog();
  const entries: ExecutedEntry[] = [];
  const clock = { ahead: aheadMilliseconds };
  const act = (verb: string) => async (one: Execution) => {
    calls.push(`${verb} ${one.address ?? one.user ?? "-"}`);
    await during?.(verb);
    return answers.shift() ?? ({ ok: true } as const);
  };
  const program: Program = {
    triesAgain,
    pathOf: (executable) => `/x/${executable}`,
    prepare: async () => ({ ok: true }),
    add: act("add"),
    delete: act("delete"),
  };
  const executions = new Executions({
    programOf: () => program,
    file: executionsFile(place.paths.executions, log),
    journal: { write: async (entry) => void entries.push(entry) },
    clocks: { wall: () => Date.now() + clock.ahead, monotonic: () => performance.now() },
    log,
    ...(limits && { limits }),
  });
  opened.push(executions);
  return { executions, calls, log, entries, clock };
}

const lasting = (milliseconds: number, more: Partial<Execution> = {}) => {
  const one = anExecution(more);
  return { ...one, until: one.since + milliseconds };
};
const patient = { timeout: 20_000 };
const file = () => place.paths.executions;

describe("W26: the same thing asked for again", () => {
  test("is not done again, and lasts for longer", async () => {
    const { executions, calls } = open();
    await executions.run(lasting(60_000));
    const [first] = executions.list();
    await executions.run(lasting(30_000));
    expect(executions.list()).toEqual([first]);
    await executions.run(lasting(90_000));
    expect(calls).toEqual(["add 192.0.2.7"]);
    expect(executions.list()[0]?.until).toBeGreaterThan((first?.until ?? 0) + 20_000);
  });

  test("a hundred at once are one", async () => {
    const { executions, calls } = open();
    const all = Array.from({ length: 100 }, () => executions.run(lasting(60_000)));
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    expect(calls).toEqual(["add 192.0.2.7"]);
  });

  test("an IPv6 source is its /64; another user, file, address and command are other things", async () => {
    const { executions, calls } = open();
    const { address: _address, ...bare } = lasting(60_000);
    const all = [
      ...["2001:db8::1", "2001:db8::2"].map((text) =>
        lasting(60_000, { address: addressOf(text) }),
      ),
      ...["bob", "eve"].map((user) => ({ ...bare, user })),
      { ...bare, filename: "/srv/a" },
      lasting(60_000, { command: "other" }),
    ];
    for (const one of all) await executions.run(one);
    expect(calls).toHaveLength(5);
  });

  test("what has no end is done each time, and is not kept", async () => {
    const { executions, calls } = open();
    for (let n = 0; n < 3; n++) await executions.run(lasting(0));
    expect(calls).toHaveLength(3);
    await expect.poll(() => executions.isIdle, patient).toBe(true);
    expect(existsSync(file())).toBe(false);
  });
});

describe("the undoing", () => {
  test("comes on time, once, with its line in the log of active responses", async () => {
    const { executions, calls, entries } = open();
    await executions.run(lasting(300));
    await expect.poll(() => calls, patient).toEqual(["add 192.0.2.7", "delete 192.0.2.7"]);
    await expect.poll(() => executions.isIdle, patient).toBe(true);
    expect(existsSync(file())).toBe(false);
    expect(entries.map(({ verb, block }) => [verb, block.script, block.address])).toEqual([
      ["add", "/x/page.sh", "192.0.2.7"],
      ["delete", "/x/page.sh", "192.0.2.7"],
    ]);
  });

  test("is on the disk before the program runs: a kill in between leaves nothing that lasts", async () => {
    let seen = "";
    const during = (verb: string) => {
      if (verb === "add") seen = readFileSync(file(), "utf8");
    };
    const { executions } = open({ during });
    await executions.run(lasting(60_000));
    expect(JSON.parse(seen)).toMatchObject({ live: [{ address: "192.0.2.7" }] });
  });

  test("is not done before it is sure to be undone: a disk that says no", async () => {
    await mkdir(dirname(file()), { recursive: true });
    await mkdir(file());
    const { executions, calls } = open();
    const done = await executions.run(lasting(60_000));
    expect(done).toMatchObject({ ok: false, reason: expect.stringContaining("cannot save") });
    expect(calls).toEqual([]);
    expect(executions.list()).toEqual([]);
  });

  test("W21: what a life has left is undone by the next, what is due at once, the rest on time", async () => {
    const before = open();
    await before.executions.run(lasting(60_000, { address: addressOf("192.0.2.1") }));
    await before.executions.run(lasting(3_600_000, { address: addressOf("192.0.2.2") }));
    await before.executions.close();
    const after = open({ aheadMilliseconds: 120_000 });
    expect(await after.executions.restore()).toBe(2);
    await expect.poll(() => after.calls, patient).toEqual(["delete 192.0.2.1"]);
    await expect
      .poll(() => after.executions.list().map(({ address }) => address))
      .toEqual(["192.0.2.2"]);
    await after.executions.run(lasting(60_000, { address: addressOf("192.0.2.2") }));
    expect(after.calls).toHaveLength(1);
  });

  test("a file from the future, or of a clock that was wrong, lasts no longer than was meant", async () => {
    const before = open({ aheadMilliseconds: 86_400_000 });
    const now = Date.now() + 86_400_000;
    await before.executions.run(anExecution({ since: now, until: now + 60_000 }));
    await before.executions.close();
    const after = open();
    await after.executions.restore();
    expect(after.executions.list()[0]?.until).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test.each([-86_400_000, 86_400_000])(
    "setting the clock by %d ms changes no length",
    async (jump) => {
      const { executions, clock, calls } = open();
      await executions.run(lasting(3_600_000));
      clock.ahead = jump;
      const other = anExecution({ command: "other" });
      await executions.run({ ...other, since: other.since + jump, until: other.until + jump });
      const left = (executions.list()[0]?.until ?? 0) - (Date.now() + jump);
      expect(Math.abs(left - 3_600_000)).toBeLessThan(5000);
      expect(calls).toHaveLength(2);
    },
  );

  test.each(["{", '{"version":1,"live":[{"command":"-d"}]}', ""])(
    "a damaged file is set aside and told: %j",
    async (text) => {
      await mkdir(dirname(file()), { recursive: true });
      writeFileSync(file(), text);
      const { executions, log } = open();
      expect(await executions.restore()).toBe(0);
      expect(log.lines[0]).toMatch(/is damaged .*is not undone/);
      expect(existsSync(`${file()}.corrupt`)).toBe(true);
    },
  );

  test("by the admin's word: all about an address, at once", async () => {
    const { executions, calls } = open();
    for (const text of ["192.0.2.1", "192.0.2.2"]) {
      await executions.run(lasting(60_000, { address: addressOf(text) }));
    }
    expect(await executions.end(addressOf("192.0.2.1"))).toHaveLength(1);
    expect(calls.at(-1)).toBe("delete 192.0.2.1");
    expect(await executions.end(addressOf("192.0.2.1"))).toEqual([]);
    await executions.end();
    expect(executions.isIdle).toBe(true);
  });
});

const no: Done = { ok: false, reason: "it is full" };

describe("W25: what fails", () => {
  test("is told, tried again when it is asked for again, and undone in time: it may be half done", async () => {
    const { executions, calls } = open({ answers: [no] });
    expect(await executions.run(lasting(60_000))).toEqual(no);
    expect(await executions.run(lasting(60_000))).toEqual({ ok: true });
    await executions.run(lasting(60_000));
    await executions.end();
    expect(calls).toEqual(["add 192.0.2.7", "add 192.0.2.7", "delete 192.0.2.7"]);
  });

  test("an undoing of the admin's is run once and told", async () => {
    const { executions, log } = open({ answers: [{ ok: true }, no] });
    await executions.run(lasting(100));
    await expect.poll(() => executions.isIdle, patient).toBe(true);
    expect(log.lines).toEqual(["a response failed: page of 192.0.2.7 delete: it is full"]);
  });

  test("an undoing that may be tried again stays until it is done", async () => {
    const { executions, log } = open({ answers: [{ ok: true }, no], triesAgain: true });
    await executions.run(lasting(100));
    await expect.poll(() => log.lines.length, patient).toBe(1);
    await expect
      .poll(() => executions.list()[0]?.until ?? 0, patient)
      .toBeGreaterThan(Date.now() + 30_000);
    await executions.end();
    expect(executions.isIdle).toBe(true);
  });

  test("a program that throws is a failure", async () => {
    const during = () => Promise.reject(new Error("our own fault"));
    const { executions } = open({ during });
    expect(await executions.run(lasting(0))).toEqual({ ok: false, reason: "our own fault" });
  });
});

describe("limits", () => {
  test("W25: two hundred commands at once: all are run, four at a time", async () => {
    let running = 0;
    let most = 0;
    const during = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const { executions, calls } = open({ during });
    const all = Array.from({ length: 200 }, (_, n) =>
      executions.run(lasting(60_000, { address: addressOf(`10.0.0.${n}`) })),
    );
    expect((await Promise.all(all)).filter(({ ok }) => !ok)).toEqual([]);
    expect(calls).toHaveLength(200);
    expect(most).toBe(4);
  });

  test("nobody has more than a few accounts disabled by trying names", async () => {
    const { executions } = open({ limits: { users: 2 } });
    const { address: _address, ...bare } = lasting(60_000);
    const outcomes = [];
    for (const user of ["a", "b", "c", "a"]) outcomes.push(await executions.run({ ...bare, user }));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true]);
    expect(outcomes[2]).toMatchObject({ reason: expect.stringContaining("2 users") });
  });

  test("in all", async () => {
    const { executions } = open({ limits: { live: 1 } });
    await executions.run(lasting(60_000));
    expect(await executions.run(lasting(60_000, { command: "b" }))).toMatchObject({ ok: false });
  });
});
