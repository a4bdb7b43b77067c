import { parseAddress } from "../../core/address.ts";
import { isWide } from "../../core/block.ts";
import { type Network, networkOf } from "../../core/network.ts";
import { type Change, overlapping } from "../firewall.ts";
import type { Run } from "../run.ts";
import {
  commandFor,
  created,
  filled,
  layoutOf,
  type Members,
  type NetworkSet,
  sets,
} from "./sets.ts";

/** What is in the two sets, or is to be; of one that is undefined nothing is known, or it is not there. */
export interface Content {
  readonly drop: Members | undefined;
  readonly allow: Members | undefined;
}

/** The set of networks to drop and the one to let through, and stand-ins for them. */
export function setPair(family: 4 | 6, run: Run, sbin: string) {
  const tool = sets(run, sbin);
  const { drop, allow } = setsOf(family);
  const both: readonly NetworkSet[] = [allow, drop];
  const dropStandIns = async () => {
    for (const set of both) await tool.discard(standIn(set).name);
  };
  return {
    /** The rules of the chain that obey the sets. */
    rules: chainOf(drop, allow),
    /** The same by the stand-ins. */
    rulesOfStandIns: chainOf(standIn(drop), standIn(allow)),
    /** `stale` are those with another layout. */
    async read(): Promise<{ content: Content; stale: readonly NetworkSet[] }> {
      const saved = { drop: await tool.save(drop.name), allow: await tool.save(allow.name) };
      const stale = both.filter((set) => {
        const found = set.hasTimeouts ? saved.drop : saved.allow;
        return found !== undefined && found.layout !== layoutOf(set);
      });
      return { content: { drop: saved.drop?.members, allow: saved.allow?.members }, stale };
    },
    /** What is in the set to let through. */
    allowed: async () => (await tool.save(allow.name))?.members,
    /** What of the set to drop overlaps some of these networks. */
    find: (some: readonly Network[]) => findIn(tool, drop.name, some),
    create: () => tool.restore(both.map(created).join("")),
    fill: (content: Content) => tool.restore(both.map((set) => holding(set, content)).join("")),
    destroy: (some: readonly NetworkSet[]) =>
      tool.restore(some.map(({ name }) => `destroy ${name}\n`).join("")),
    async fillStandIns(content: Content): Promise<void> {
      await dropStandIns();
      await tool.restore(both.map((set) => holding(standIn(set), content)).join(""));
    },
    /** Those that a killed process left go too, unless a rule still names them. */
    dropStandIns,
    change: (changes: readonly Change[]) =>
      tool.restore(changes.map((change) => commandFor(change, drop)).join("")),
    /** Makes `networks` the whole content of the set to let through, at one moment. */
    async letThrough(networks: Members): Promise<void> {
      const fresh = standIn(allow);
      await tool.discard(fresh.name);
      const swap = `swap ${fresh.name} ${allow.name}\ndestroy ${fresh.name}\n`;
      await tool.restore(filled(fresh, networks) + swap);
    },
  };
}

export type SetPair = ReturnType<typeof setPair>;

async function findIn(tool: ReturnType<typeof sets>, name: string, some: readonly Network[]) {
  const [only] = some;
  // Most often the question is for one address, and nobody keeps it out.
  const isAlone = only && some.length === 1 && !isWide(only);
  if (isAlone && !(await tool.has(name, only.base.toString()))) return new Map<string, number>();
  return found((await tool.save(name))?.members ?? new Map(), some);
}

/** Looks an address up by each network that may hold it, because reading 100,000 networks would take long. */
function found(members: Members, some: readonly Network[]): Map<string, number> {
  if (some.some(isWide)) return overlapping(members, some);
  const names = some.flatMap(({ base, bits }) => {
    const address = parseAddress(base.toString());
    if (!address) return [];
    return Array.from({ length: bits + 1 }, (_, wide) => networkOf(address, wide).text);
  });
  return new Map(
    names.flatMap((name) => {
      const seconds = members.get(name);
      return seconds === undefined ? [] : [[name, seconds] as const];
    }),
  );
}

/** They hold more than we ever put in: the limits of ours are lower. */
function setsOf(family: 4 | 6) {
  return {
    drop: { name: `stockade${family}`, family, hasTimeouts: true, maxMembers: 131_072 },
    allow: { name: `stockade-allow${family}`, family, hasTimeouts: false, maxMembers: 1_048_576 },
  };
}

/** The commands that create a set with its part of `content`. */
function holding(set: NetworkSet, { drop, allow }: Content): string {
  return filled(set, (set.hasTimeouts ? drop : allow) ?? new Map());
}

function chainOf(drop: NetworkSet, allow: NetworkSet): string[] {
  return [
    `-A STOCKADE -m set --match-set ${allow.name} src -j RETURN`,
    `-A STOCKADE -m set --match-set ${drop.name} src -j DROP`,
  ];
}

function standIn(set: NetworkSet): NetworkSet {
  return { ...set, name: `${set.name}-new` };
}
