import type { Event } from "../../core/event.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Subject } from "../subjects.ts";

/** What events have in common that a rule counts together. */
export interface Common {
  /** For lists that are kept apart by it. */
  readonly name: string;
  /** Undefined for an event that lacks a part. */
  readonly key: Subject;
}

/** What the search among all events does not compare. */
const onlyInLists: readonly string[] = ["srcport", "dstport", "hostname"];

/** OSSEC's `same_…` (`eventinfo.c`): texts with texts; undefined for a rule that asks for nothing. */
export function commonBy({ same }: CompositeSpec, isGlobal: boolean): Common | undefined {
  const names = same.filter((name) => !isGlobal || !onlyInLists.includes(name));
  const subjects = names.map(subjectOf);
  const [only] = subjects;
  if (!only) return undefined;
  const name = names.join();
  if (subjects.length === 1) return { name, key: only };
  return { name, key: remembered((event) => joined(subjects, event)) };
}

function joined(subjects: readonly Subject[], event: Event): string | undefined {
  let key = "";
  for (const read of subjects) {
    const value = read(event);
    if (value === undefined) return undefined;
    key += `${value}\0`;
  }
  return key;
}

/** The same event is looked up and then remembered. */
function remembered(read: Subject): Subject {
  let last: Event | undefined;
  let value: string | undefined;
  return (event) => {
    if (event !== last) value = read(event);
    last = event;
    return value;
  };
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
