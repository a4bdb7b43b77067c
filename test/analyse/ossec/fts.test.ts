import { expect, test } from "vitest";
import { openKeys } from "../../../src/analyse/conditions/keys.ts";
import { openFts } from "../../../src/analyse/ossec/fts.ts";
import { eventAt } from "../build.ts";

const fts = ["id"];
const event = (id: string, category: "ids" | "syslog") =>
  eventAt(0, "192.0.2.1", { decoder: "snort", category, fts, fields: { id } });
/** Which of these ids are new. */
const fresh = (ids: string[], category: "ids" | "syslog" = "ids") => {
  const isFirst = openFts(openKeys(1000));
  return ids.filter((id) => isFirst(event(id, category)));
};

test("an event is new once", () => {
  expect(fresh(["a", "b", "a"])).toEqual(["a", "b"]);
  expect(openFts(openKeys(1000))({ ...event("a", "ids"), fts: undefined })).toBe(false);
});

test("of ids, what begins as three before it did is new once more, and then no longer", () => {
  const like = Array.from({ length: 8 }, (_, n) => `like the others ${n}`);
  expect(fresh(like)).toEqual(like.slice(0, 4));
  expect(fresh(like, "syslog")).toEqual(like);
  // "snort " and eight more are the 14 characters that may be alike.
  expect(fresh(Array.from({ length: 8 }, (_, n) => `12345678${n}`))).toHaveLength(8);
});

test("of ids, what goes on behind 14 characters in another part is cut there too", () => {
  const isFirst = openFts(openKeys(1000));
  const fresh = Array.from({ length: 8 }, (_, n) =>
    isFirst(
      eventAt(0, "192.0.2.1", {
        decoder: "snort",
        category: "ids",
        fts: ["id", "srcip"],
        fields: { id: "12345678", srcip: `192.0.2.${n}` },
      }),
    ),
  );
  expect(fresh).toEqual([true, true, true, true, false, false, false, false]);
});

test("only the last 32 are looked at", () => {
  const others = Array.from({ length: 30 }, (_, n) => `${n} is another one`);
  const like = Array.from({ length: 5 }, (_, n) => `like the others ${n}`);
  const [one = "", two = "", three = "", four = "", five = ""] = like;
  expect(fresh([one, two, three, ...others, four, five])).toContain(five);
  expect(fresh([one, two, three, ...others.slice(0, 20), four, five])).not.toContain(five);
});

/** The same by the texts themselves: what OSSEC does. */
function byTexts(): (kind: string) => boolean {
  const seen = new Set<string>();
  const last: string[] = [];
  return (kind) => {
    if (seen.has(kind)) return false;
    const start = kind.slice(0, 15);
    const isCut = start.length > 14 && last.filter((one) => one === start).length > 2;
    last.push(isCut ? start.slice(0, 14) : start);
    if (last.length > 32) last.shift();
    const kept = isCut ? start.slice(0, 14) : kind;
    const isNew = !seen.has(kept);
    seen.add(kept);
    return isNew;
  };
}

test("whatever is alike, the texts themselves would say the same", () => {
  const isFirst = openFts(openKeys(100_000));
  const expected = byTexts();
  const starts = ["", "1", "1:20012", "1:200122", "1:2001220", "1:2001219:20", "é1:200121"];
  const parts = [...starts, "x".repeat(120), "x".repeat(300)];
  let random = 1;
  const below = (end: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    return (random >> 8) % end;
  };
  for (let n = 0; n < 20_000; n++) {
    const id = `${parts[below(parts.length)]}${below(3) === 0 ? below(40) : ""}`;
    // A blank for each part that has no name here. OSSEC keeps 255 bytes.
    const kind = `snort ${id}${" ".repeat(7)}`.slice(0, id.length > 255 ? 255 : undefined);
    expect(isFirst(event(id, "ids")), id).toBe(expected(kind));
  }
});
