import type { Event } from "../../core/event.ts";
import { Hashing } from "../hashing.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Subject } from "../subjects.ts";

/** What events have in common that a rule counts together. */
export interface Common {
  /** For lists that are kept apart by it. */
  readonly name: string;
  /** The hash of it; undefined for an event that lacks a part. */
  readonly key: (event: Event) => number | undefined;
}

/** What the search among all events does not compare. */
const onlyInLists: readonly string[] = ["srcport", "dstport", "hostname"];

/** Makes what reads OSSEC's `same_…` (`eventinfo.c`): texts with texts; undefined for a rule that asks for nothing. */
export function openCommons(): (spec: CompositeSpec, isGlobal: boolean) => Common | undefined {
  const hashing = new Hashing();
  const known = new Map<string, Common>();
  return ({ same }, isGlobal) => {
    const names = same.filter((name) => !isGlobal || !onlyInLists.includes(name));
    if (names.length === 0) return undefined;
    const name = names.join();
    const common = known.get(name) ?? { name, key: remembered(names.map(subjectOf), hashing) };
    known.set(name, common);
    return common;
  };
}

/** The same event is looked up and then remembered, in list after list. */
function remembered(subjects: readonly Subject[], hashing: Hashing): Common["key"] {
  let last: Event | undefined;
  let value: number | undefined;
  return (event) => {
    if (event !== last) value = hashed(subjects, event, hashing);
    last = event;
    return value;
  };
}

function hashed(subjects: readonly Subject[], event: Event, hashing: Hashing): number | undefined {
  hashing.begin();
  for (const read of subjects) {
    const value = read(event);
    if (value === undefined) return undefined;
    hashing.add(value).add("\0");
  }
  return hashing.value;
}

/** Of what must differ OSSEC compares these alone; of the rest it reads the name. */
const reallyDifferent: readonly string[] = ["url", "srcgeoip"];

/** What really must differ, by name. An event that lacks it does not. */
export function differentIn({ different }: CompositeSpec): readonly string[] {
  return different.filter((name) => reallyDifferent.includes(name));
}

/** `same_user` is dstuser alone, and addresses are compared as they are written. */
export function subjectOf(name: string): Subject {
  if (name === "source") return ({ fields }) => fields["srcip"];
  if (name === "user") return ({ fields }) => fields["dstuser"];
  if (name === "hostname") return ({ host }) => host ?? "";
  return ({ fields }) => fields[name];
}
