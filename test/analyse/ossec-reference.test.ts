import { expect, test } from "vitest";
import type { Event } from "../../src/core/event.ts";
import { randomNumbers } from "../random.ts";
import { eventAt, judgeAsOssec } from "./build.ts";

/*
 * OSSEC's search as its description words it, walking every list event by event, beside the engine's, which looks events
 * up: on random rules and events both must say the same.
 */

interface Counting {
  readonly id: number;
  readonly level: number;
  readonly frequency: number;
  readonly timeframe: number;
  readonly target: number | "g" | "all";
  readonly same: readonly ("source" | "user")[];
  readonly differentUrl: boolean;
}

interface Past {
  readonly event: Event;
  readonly rule: number;
  readonly at: number;
  matched: number;
}

const targets = [100, 101, 102];

function reference(countings: readonly Counting[]) {
  const ofRule = new Map<number, Past[]>();
  const ofGroup = new Map<number, Past[]>();
  const all: Past[] = [];
  for (const { id, target } of countings) {
    if (typeof target === "number") ofRule.set(target, []);
    else ofGroup.set(id, []);
  }

  const listOf = ({ id, target }: Counting): Past[] => {
    if (target === "all") return all;
    return (typeof target === "number" ? ofRule.get(target) : ofGroup.get(id)) ?? [];
  };

  const fires = (one: Counting, event: Event, at: number): Past[] | undefined => {
    const list = listOf(one).toReversed();
    const over = list.findIndex((past) => isOver(one, past, at));
    const before = over < 0 ? list : list.slice(0, over);
    const decided = before.filter((past) => qualifies(one, past.event, event))[one.frequency];
    return decided && [decided, ...list.slice(0, 1)];
  };

  const firing = (rule: number, event: Event, at: number): Counting | undefined => {
    const below = countings
      .filter(({ target }) => target === rule || typeof target === "string")
      .toSorted((a, b) => b.level - a.level);
    return below.find((one) => {
      const marked = fires(one, event, at) ?? [];
      for (const past of marked) past.matched = one.level;
      return marked.length > 0;
    });
  };

  // How often an event of a rule stands in the list of one that counts the group: the rules that count it belong to it
  // too, stand in three places, and were not known yet to those that were read before them.
  const timesOf = (rule: number, counting: number): number => {
    if (rule < 200) return 1;
    const isInGroup = countings.some(({ id, target }) => id === rule && target === "g");
    return isInGroup && rule <= counting ? 3 : 0;
  };

  return (event: Event): number => {
    const at = event.at / 1000;
    const plain = Number(event.log);
    const counting = firing(plain, event, at);
    const rule = counting?.id ?? plain;
    const matched = counting?.level ?? 0;
    const past = { event, rule, at, matched };
    const own = ofRule.get(rule);
    if (own) own.push(past);
    else for (const [id, list] of ofGroup) list.push(...new Array(timesOf(rule, id)).fill(past));
    all.push(past);
    return rule;
  };
}

function isOver({ timeframe, level }: Counting, past: Past, at: number): boolean {
  return at - past.at > timeframe || past.matched >= level;
}

function qualifies({ same, differentUrl }: Counting, past: Event, event: Event): boolean {
  const names = same.map((name) => (name === "source" ? "srcip" : "dstuser"));
  const isAlike = names.every(
    (name) => event.fields[name] !== undefined && event.fields[name] === past.fields[name],
  );
  const [now, before] = [event.fields["url"], past.fields["url"]];
  const differs = now !== undefined && before !== undefined && now !== before;
  return isAlike && (differs || !differentUrl);
}

function rulesFor(countings: readonly Counting[]): string {
  const rule = (id: number, level: number, inside: string, more = "") =>
    `<rule id="${id}" level="${level}" ${more}>${inside}<description>d</description></rule>`;
  const parts = countings.map(({ id, level, frequency, timeframe, target, same, differentUrl }) => {
    const parent = typeof target === "number" ? "" : `<if_sid>${targets.join(", ")}</if_sid>`;
    const counted =
      target === "all"
        ? "<if_matched_regex>1\\d\\d</if_matched_regex>"
        : target === "g"
          ? "<if_matched_group>g,</if_matched_group><group>g,</group>"
          : `<if_matched_sid>${target}</if_matched_sid>`;
    const flags =
      same.map((name) => (name === "source" ? "<same_source_ip />" : "<same_user />")).join("") +
      (differentUrl ? "<different_url />" : "");
    const numbers = `frequency="${frequency}" timeframe="${timeframe}"`;
    return rule(id, level, parent + counted + flags, numbers);
  });
  const plain = targets.map((id) => rule(id, 3, `<match>^${id}$</match><group>g,</group>`));
  const root = '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>';
  return `<group name="t,">${root}${plain.join("")}${parts.join("")}</group>`;
}

test("the engine counts as a plain walk through every list does", () => {
  const seen = new Set<number>();
  for (let seed = 1; seed <= 150; seed++) {
    const pick = randomNumbers(seed);
    const kinds = [100, 101, 102, "g", "all"] as const;
    const countings = Array.from({ length: 1 + pick(3) }, (_, index) => ({
      id: 200 + index,
      // Different levels, so that the order of siblings is plain.
      level: 4 + index * 3 + pick(3),
      frequency: pick(4),
      timeframe: 1 + pick(60),
      target: kinds[pick(kinds.length)] ?? 100,
      same: (["source", "user"] as const).filter(() => pick(2) === 0),
      differentUrl: pick(4) === 0,
    }));
    const judge = judgeAsOssec(rulesFor(countings));
    const expected = reference(countings);
    let second = 0;
    for (let index = 0; index < 200; index++) {
      second += pick(4);
      const fields = {
        srcip: `192.0.2.${pick(3)}`,
        ...(pick(5) > 0 ? { dstuser: `u${pick(2)}` } : {}),
        ...(pick(5) > 0 ? { url: `/${pick(3)}` } : {}),
      };
      const log = `${targets[pick(3)]}`;
      const event = eventAt(second, fields.srcip, { log, fields });
      const rule = judge(event).rule?.id;
      seen.add(rule ?? 0);
      expect(rule, `seed ${seed}, event ${index}`).toBe(expected(event));
    }
  }
  expect([...seen].toSorted()).toEqual([100, 101, 102, 200, 201, 202]);
});
