import type { Event } from "../../core/event.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Subject } from "../subjects.ts";

/** Whether an earlier event has in common with the current one what the rule asks for. */
export type Alike = (past: Event, event: Event) => boolean;

/** What the search among all events does not compare. */
const onlyInLists: readonly string[] = ["srcport", "dstport", "hostname"];

/** Of what must differ OSSEC compares these alone; of the rest it reads the name. */
const reallyDifferent: readonly string[] = ["url", "srcgeoip"];

/** OSSEC's comparisons (`eventinfo.c`): texts with texts, and what either event lacks fails. */
export function alikeBy({ same, different }: CompositeSpec, isGlobal: boolean): Alike {
  const equal = same.filter((name) => !isGlobal || !onlyInLists.includes(name)).map(subjectOf);
  const unequal = different.filter((name) => reallyDifferent.includes(name)).map(subjectOf);
  return (past, event) =>
    equal.every((read) => isEqual(read(past), read(event))) &&
    unequal.every((read) => isUnequal(read(past), read(event)));
}

function isEqual(past: string | undefined, now: string | undefined): boolean {
  return now !== undefined && past === now;
}

function isUnequal(past: string | undefined, now: string | undefined): boolean {
  return past !== undefined && now !== undefined && past !== now;
}

/** `same_user` is dstuser alone, and addresses are compared as they are written. */
function subjectOf(name: string): Subject {
  if (name === "source") return ({ fields }) => fields["srcip"];
  if (name === "user") return ({ fields }) => fields["dstuser"];
  if (name === "hostname") return ({ host }) => host ?? "";
  return ({ fields }) => fields[name];
}
