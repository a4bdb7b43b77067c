import { Failure } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";
import type { Change } from "../firewall.ts";
import type { Run } from "../run.ts";
import { each, inSlices, type Sliced } from "../slices.ts";

/** A set of networks in the kernel, see ipset(8). */
export interface NetworkSet {
  readonly name: string;
  readonly family: 4 | 6;
  readonly hasTimeouts: boolean;
  readonly maxMembers: number;
}

/** Networks, each with the seconds that it has left; infinite for one without an end. */
export type Members = ReadonlyMap<string, number>;

/** The longest timeout that ipset(8) counts: a little under 25 days. */
export const maxSetSeconds = 2_147_483;

/** A set as it was found. `layout` is what `layoutOf` says of a set that was created in the same way. */
interface SavedSet {
  readonly layout: string;
  readonly members: Members;
}

export function sets(run: Run, sbin: string) {
  const program = `${sbin}/ipset`;
  return {
    /** Runs commands. With -exist an entry that is there gets the new timeout, and one that has gone is no error to delete. */
    async restore(commands: string): Promise<void> {
      if (commands === "") return;
      const ran = await run(program, ["restore", "-exist"], commands);
      if (!ran.ok) throw failureOf(ran);
    },
    /** Undefined when there is no such set. */
    async save(name: string): Promise<SavedSet | undefined> {
      const ran = await run(program, ["save", name]);
      if (ran.ok) return inSlices(savedSet(ran.output));
      if (isAbsent(ran.reason)) return undefined;
      throw failureOf(ran);
    },
    /** Whether a member holds this address; and a network only where it is a member itself. Empty where there is no such set. */
    async has(name: string, address: string): Promise<boolean> {
      const ran = await run(program, ["test", name, address]);
      if (ran.ok) return true;
      if (/is NOT in set/.test(ran.reason) || isAbsent(ran.reason)) return false;
      throw failureOf(ran);
    },
    /** Takes a set away, if it is there and no rule names it. */
    async discard(name: string): Promise<void> {
      await run(program, ["destroy", name]);
    },
  };
}

function isAbsent(reason: string): boolean {
  return /name does not exist/.test(reason);
}

function failureOf({ reason, isLate }: { reason: string; isLate?: true }): Failure {
  return new Failure(reason, { exitCode: isLate ? 75 : 69 });
}

/** How a set is made, as `ipset create` has it behind the name. */
export function layoutOf({ family, hasTimeouts, maxMembers }: NetworkSet): string {
  const timeout = hasTimeouts ? " timeout 0" : "";
  return `hash:net family ${family === 4 ? "inet" : "inet6"} maxelem ${maxMembers}${timeout}`;
}

/** The command that creates a set. */
export function created(set: NetworkSet): string {
  return `create ${set.name} ${layoutOf(set)}\n`;
}

/** The commands that create a set and fill it. */
export function filled(set: NetworkSet, members: Members): string {
  const adds = [...members].map(([network, seconds]) =>
    commandFor({ verb: "add", network, seconds }, set),
  );
  return created(set) + adds.join("");
}

/** The command that makes a change. What lasts longer than the kernel can count gets as much as it can. */
export function commandFor(change: Change, { name, hasTimeouts }: NetworkSet): string {
  if (change.verb === "delete") return `del ${name} ${change.network}\n`;
  const timeout = hasTimeouts ? ` timeout ${Math.min(change.seconds, maxSetSeconds)}` : "";
  return `add ${name} ${change.network}${timeout}\n`;
}

/** Reads "create stockade4 hash:net family inet …" and "add stockade4 192.0.2.1 timeout 299" lines. */
function* savedSet(text: string): Sliced<SavedSet> {
  const [head = "", type = ""] = /^create \S+ (\S+).*$/m.exec(text) ?? [];
  const options = ["family", "maxelem", "timeout"].map(
    (name) => new RegExp(` ${name} \\S+`).exec(head)?.[0] ?? "",
  );
  const members = new Map<string, number>();
  const all = text.matchAll(/^add \S+ (\S+)(?: timeout (\d+))?/gm);
  yield* each(all, ([, member = "", seconds]) => {
    const network = canonical(member);
    // One that is said to have 0 seconds left has no end.
    if (network !== undefined) members.set(network, Number(seconds) || Number.POSITIVE_INFINITY);
  });
  return { layout: type + options.join(""), members };
}

/** The kernel writes IPv4, and IPv6 networks as wide as ours, as we do; parsing 100,000 of them would take long. */
function canonical(text: string): string | undefined {
  const isAsOurs = !text.includes(":") || /^[\da-f:]+::\/(?:[1-5]?\d|6[0-4])$/.test(text);
  return isAsOurs ? text : parseNetwork(text)?.text;
}
