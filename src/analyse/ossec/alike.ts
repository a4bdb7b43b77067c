import type { Event } from "../../core/event.ts";
import { Hashing } from "../hashing.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Subject } from "../subjects.ts";

/** What events have in common that a rule counts together. */
export interface Common {
  /** For lists that are kept apart by it. */
  readonly name: string;
  /** The hash of it; `nothing` for an event that lacks a part. */
  readonly key: (event: Event) => number;
}

/** No hash. */
export const nothing = 0;

/** What the search among all events does not compare. */
const onlyInLists: readonly string[] = ["srcport", "dstport", "hostname"];

/** What events have in common, read once for each event, whichever lists ask for it. */
export interface Commons {
  /** The next event comes. */
  begin(): void;
  /** OSSEC's `same_…` (`eventinfo.c`): texts with texts; undefined for a rule that asks for nothing. */
  of(spec: CompositeSpec, isGlobal: boolean): Common | undefined;
}

export function openCommons(): Commons {
  const hashing = new Hashing();
  const known = new Map<string, Common>();
  const events = new Float64Array(1);
  return {
    begin() {
      events[0] = (events[0] ?? 0) + 1;
    },
    of({ same }, isGlobal) {
      const names = same.filter((name) => !isGlobal || !onlyInLists.includes(name));
      if (names.length === 0) return undefined;
      const name = names.join();
      const before = known.get(name);
      if (before) return before;
      const subjects = names.map(subjectOf);
      const key = remembered((event) => hashed(subjects, event, hashing), events);
      const common = { name, key };
      known.set(name, common);
      return common;
    },
  };
}

/** `events` has the number of the event. In arrays, for a number that is kept elsewhere is made anew each time. */
function remembered(read: Common["key"], events: Float64Array): Common["key"] {
  const last = new Float64Array([0, nothing]);
  return (event) => {
    if (last[0] !== events[0]) {
      last[0] = events[0] ?? 0;
      last[1] = read(event);
    }
    return last[1] ?? nothing;
  };
}

function hashed(subjects: readonly Subject[], event: Event, hashing: Hashing): number {
  hashing.begin();
  for (const read of subjects) {
    const value = read(event);
    if (value === undefined) return nothing;
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
