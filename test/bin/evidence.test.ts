import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf, openSeries } from "../../src/bin/evidence/series.ts";
import { readEvidence } from "../../src/bin/evidence/store.ts";
import { openBench } from "./blocking.ts";

type Bench = Awaited<ReturnType<typeof openBench>>;

const evidenceFor = ({ evidence, folder }: Bench, network: string) => {
  evidence.flush();
  return readEvidence(folder, network, 10);
};
const place = () => {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const folder = mkdtempSync(join(tmpdir(), "stockade-evidence-"));
  return { folder, said, log: { info: say, warn: say, error: say } };
};
const decisions = (bench: Bench, network: string) =>
  evidenceFor(bench, network).map((one) => one.decisions.map(({ did, because }) => [did, because]));

describe("what is decided leaves evidence", () => {
  test("of a block: line, place, rule, fields, verdict", async () => {
    const bench = await openBench();
    bench.alarm("20.0.0.7");
    expect(evidenceFor(bench, "20.0.0.7")).toMatchObject([
      {
        at: bench.time.now,
        address: "20.0.0.7",
        network: "20.0.0.7",
        alert: "1800000000.1",
        decisions: [{ response: "firewall-drop", seconds: 600, did: "asked" }],
        rule: { id: 5712, level: 10 },
        line: { text: "hello", location: "/var/log/test.log", place: 42 },
        fields: { srcip: "20.0.0.7" },
        verdict: { class: "attacked-by" },
      },
    ]);
  });

  test("of both responses at once, and of an IPv6 address by its /64", async () => {
    const both = ["firewall-drop", "host-deny"].map((response) => ({
      response,
      level: 9,
      seconds: 600,
    }));
    const bench = await openBench({ activeResponses: both });
    bench.alarm("2001:db8::7");
    expect(decisions(bench, "2001:db8::/64")).toEqual([
      [
        ["asked", undefined],
        ["asked", undefined],
      ],
    ]);
  });

  test("of whom nobody blocks: untouchable, observed, stopped by the breaker", async () => {
    const spared = await openBench({ global: { whiteList: ["20.0.0.0/24"] } });
    spared.alarm("20.0.0.7");
    expect(decisions(spared, "20.0.0.7")).toEqual([[["spared", "white list (20.0.0.0/24)"]]]);
    const observed = await openBench({ blocking: { observe: true } });
    observed.alarm("20.0.0.7");
    expect(decisions(observed, "20.0.0.7")).toEqual([[["observed", "observe mode"]]]);
    const tripped = await openBench({ breaker: { rule: { minute: 1, hour: 1 } } });
    for (const one of ["20.0.0.7", "21.0.0.7"]) tripped.alarm(one);
    expect(decisions(tripped, "21.0.0.7")).toEqual([
      [["stopped", "circuit breaker, stockade rearm 5712"]],
    ]);
  });

  test("of a verdict that withholds it", async () => {
    const activeResponses = [
      { response: "firewall-drop", level: 9, seconds: 600, verdicts: ["unproven"] },
    ];
    const bench = await openBench({ activeResponses });
    bench.alarm("20.0.0.7");
    bench.alarm("20.0.0.8", 5712, 5);
    expect(decisions(bench, "20.0.0.7")).toEqual([[["verdict", "its verdict is attacked-by"]]]);
    expect(decisions(bench, "20.0.0.8")).toEqual([]);
  });

  test("of the responder's refusal", async () => {
    const bench = await openBench({}, undefined, {
      responder: {
        request: 1,
        ok: false,
        reason: "20.0.0.7 is never blocked: gateway",
        isRight: true,
      },
    });
    bench.alarm("20.0.0.7");
    await Promise.resolve();
    await Promise.resolve();
    expect(decisions(bench, "20.0.0.7").flat()).toContainEqual([
      "refused",
      "20.0.0.7 is never blocked: gateway",
    ]);
  });

  test("but not again and again, and a flood of forged sources drives out no block", async () => {
    const bench = await openBench({ blocking: { observeRules: [5720] } });
    bench.alarm("20.0.0.7");
    for (let n = 0; n < 2000; n++) bench.alarm(`30.0.${n >> 8}.${n & 255}`, 5720);
    for (let n = 0; n < 50; n++) bench.alarm("40.0.0.1", 5720);
    bench.evidence.flush();
    const folder = join(bench.folder, "evidence");
    const lines = (name: string) =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .filter((line) => line !== "");
    expect(lines("blocks.jsonl")).toHaveLength(1);
    expect(lines("withheld.jsonl")).toHaveLength(20);
    expect(statSync(join(folder, "blocks.jsonl")).mode & 0o007).toBe(0);
  });
});

test("who is lifted may be asked for again at once", async () => {
  const { alarm, verbs, blocker } = await openBench();
  for (const one of ["20.0.0.7", "20.0.0.8", "20.0.0.7"]) alarm(one);
  blocker.lifted(["20.0.0.7"]);
  for (const one of ["20.0.0.7", "20.0.0.8"]) alarm(one);
  expect(verbs("block")).toEqual(["20.0.0.7", "20.0.0.8", "20.0.0.7"]);
  blocker.lifted("all");
  alarm("20.0.0.8");
  expect(verbs("block").at(-1)).toBe("20.0.0.8");
});

describe("its files", () => {
  test("what a crash has torn is left out, and hurts nothing that comes after", async () => {
    const bench = await openBench();
    bench.alarm("20.0.0.7");
    bench.evidence.flush();
    const file = join(bench.folder, "evidence/blocks.jsonl");
    appendFileSync(file, readFileSync(file, "utf8").trim().slice(0, 60));
    const later = await openBench({}, bench.folder);
    later.time.now += 60_000;
    later.alarm("20.0.0.7");
    expect(evidenceFor(later, "20.0.0.7")).toHaveLength(2);
  });

  test("are bounded, the oldest go", () => {
    const { folder, log, said } = place();
    const path = join(folder, "e/x.jsonl");
    const bounds = { bytes: 1000, earlier: 2 };
    const series = openSeries(path, bounds, log);
    for (let n = 0; n < 100; n++) {
      series.append(`${n} ${"x".repeat(96)}`);
      series.flush();
    }
    const files = filesOf(path, bounds);
    expect(readdirSync(join(folder, "e")).sort()).toEqual(["x.jsonl", "x.jsonl.1", "x.jsonl.2"]);
    for (const file of files) expect(statSync(file).size).toBeLessThan(1200);
    expect(readFileSync(path, "utf8")).toContain("99 xxx");
    expect(said).toEqual([]);
  });

  test("a disk that takes nothing is told once, and what waits is written later", () => {
    const { folder, log, said } = place();
    writeFileSync(join(folder, "e"), "in the way");
    const path = join(folder, "e/x.jsonl");
    const series = openSeries(path, { bytes: 1000, earlier: 2 }, log);
    for (const one of ["one", "two"]) {
      series.append(one);
      series.flush();
    }
    expect(said).toHaveLength(1);
    rmSync(join(folder, "e"));
    series.flush();
    expect(readFileSync(path, "utf8")).toBe("\none\ntwo\n");
  });
});
