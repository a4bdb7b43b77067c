import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openBench } from "./blocking.ts";

const given = { breaker: { rule: { minute: 3, hour: 10 } } };
const sources = ["20.0.0.1", "21.0.0.1", "22.0.0.1", "23.0.0.1", "24.0.0.1"];
const rearmIn = (folder: string, ids: string[]) =>
  writeFileSync(join(folder, "rearm.json"), JSON.stringify({ version: 1, trips: ids }));

describe("a rule gone mad", () => {
  test("blocks as many as it may; then those are let in again, and it only observes", async () => {
    const { alarm, verbs, blocker } = await openBench(given);
    for (const one of sources) alarm(one);
    expect(verbs("block")).toEqual(sources.slice(0, 3));
    expect(verbs("unblock")).toEqual(sources.slice(0, 3));
    expect(blocker.counts()).toMatchObject({ asked: 3, observed: 2 });
    expect(blocker.trips()).toMatchObject([{ name: "5712", limit: 3, seconds: 60 }]);
  });

  test("is one alert, with what it asked for, lines and the way back", async () => {
    const { alarm, said, shown, warned } = await openBench(given);
    for (const one of sources) alarm(one);
    const alerts = said.filter((text) => !text.includes("would block"));
    expect(alerts).toEqual([
      "stockade: the circuit breaker tripped: rule 5712 asked for more than 3 blocks within 60 s; " +
        "blocks it made in that time are ended, and rule 5712 only observes from now on; " +
        "arm it again by: stockade rearm 5712; asked for: 23.0.0.1, 22.0.0.1, 21.0.0.1, 20.0.0.1",
    ]);
    expect(shown).toHaveLength(3);
    expect(warned).toHaveLength(1);
    expect(said.at(-1)).toBe(
      "stockade: would block 24.0.0.1 for 600 s by rule 5712: circuit breaker, stockade rearm 5712",
    );
  });

  test("leaves other rules armed", async () => {
    const { alarm, verbs } = await openBench(given);
    for (const one of sources) alarm(one);
    alarm("60.0.0.1", 5720);
    expect(verbs("block")).toEqual([...sources.slice(0, 3), "60.0.0.1"]);
  });

  test("both responses of a source are one block to the breaker", async () => {
    const activeResponses = ["firewall-drop", "host-deny"].map((response) => ({
      response,
      level: 9,
      seconds: 600,
    }));
    const { alarm, verbs, blocker } = await openBench({ ...given, activeResponses });
    for (const one of sources.slice(0, 3)) alarm(one);
    expect(verbs("block")).toHaveLength(6);
    expect(blocker.trips()).toEqual([]);
  });
});

describe("arming again", () => {
  test("lets it block, and says so once", async () => {
    const { alarm, verbs, said, blocker, folder } = await openBench(given);
    for (const one of sources) alarm(one);
    rearmIn(folder, ["5712@0"]);
    blocker.tick();
    expect(blocker.trips()).toHaveLength(1);
    rearmIn(folder, ["5712@0", ...blocker.trips().map(({ id }) => id)]);
    blocker.tick();
    blocker.tick();
    expect(blocker.trips()).toEqual([]);
    alarm("60.0.0.1");
    expect(verbs("block").at(-1)).toBe("60.0.0.1");
    expect(said.filter((text) => text === "stockade: rule 5712 is armed again")).toHaveLength(1);
  });

  test("an old wish does not arm what trips anew", async () => {
    const { alarm, time, blocker, folder } = await openBench(given);
    for (const one of sources) alarm(one);
    rearmIn(
      folder,
      blocker.trips().map(({ id }) => id),
    );
    blocker.tick();
    time.now += 1000;
    for (const one of ["30.0.0.1", "31.0.0.1", "32.0.0.1", "33.0.0.1"]) alarm(one);
    blocker.tick();
    expect(blocker.trips()).toMatchObject([{ name: "5712" }]);
  });

  test.each(["", "{", '{"version":2,"trips":["5712"]}'])("a file %j arms nothing", async (text) => {
    const { alarm, blocker, folder } = await openBench(given);
    for (const one of sources) alarm(one);
    writeFileSync(join(folder, "rearm.json"), text);
    blocker.tick();
    expect(blocker.trips()).toHaveLength(1);
  });
});

describe("a restart", () => {
  test("SIGKILL after a trip: it is still tripped, and not told twice", async () => {
    const first = await openBench(given);
    for (const one of sources) first.alarm(one);
    const second = await openBench(given, first.folder);
    second.alarm("60.0.0.1");
    expect(second.verbs("block")).toEqual([]);
    expect(second.said).toHaveLength(1);
    expect(second.said[0]).toContain("would block 60.0.0.1");
  });

  test("what was counted counts on", async () => {
    const first = await openBench(given);
    for (const one of sources.slice(0, 3)) first.alarm(one);
    first.time.now += 10_000;
    first.blocker.tick();
    const second = await openBench(given, first.folder);
    second.alarm("60.0.0.1");
    expect(second.blocker.trips()).toHaveLength(1);
  });

  test.each([
    ["half of it", '{"version":1,"trips":['],
    ["another shape", '{"version":1,"trips":[{"name":"5712"}],"recent":[]}'],
    [
      "no address",
      '{"version":1,"trips":[],"recent":[{"at":1,"rule":1,"address":"x","seconds":1}]}',
    ],
    ["zero bytes", "\0".repeat(100)],
  ])("a damaged file is set aside with a warning: %s", async (_title, text) => {
    const { folder } = await openBench(given);
    const path = join(folder, "breaker.json");
    writeFileSync(path, text);
    const { alarm, verbs, warned } = await openBench(given, folder);
    alarm("60.0.0.1");
    expect(verbs("block")).toEqual(["60.0.0.1"]);
    expect(warned).toEqual([expect.stringContaining(`"${path}" is damaged (`)]);
    expect(readFileSync(`${path}.corrupt`, "utf8")).toBe(text);
  });

  test("a folder that cannot be written is told once, and nobody is spared for it", async () => {
    const file = join((await openBench()).folder, "file");
    writeFileSync(file, "");
    const { alarm, verbs, warned, blocker } = await openBench(given, join(file, "daemon"));
    for (const one of sources) alarm(one);
    blocker.close();
    expect(verbs("block")).toEqual(sources.slice(0, 3));
    const told = warned.filter((text) => text.includes("breaker.json"));
    expect(told).toEqual([
      expect.stringContaining("cannot read"),
      expect.stringContaining("cannot write"),
    ]);
  });
});
