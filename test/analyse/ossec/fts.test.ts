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
