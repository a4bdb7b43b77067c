import { type Network, overlaps, parseNetwork } from "../core/network.ts";

/** A network to drop for so many seconds, or to let through again. `network` is canonical text (`Network.text`). */
export type Change =
  | { readonly verb: "add"; readonly network: string; readonly seconds: number }
  | { readonly verb: "delete"; readonly network: string };

/** What one who compares for a while does between the changes of others. */
export interface Turn {
  /** Does something while nobody changes anything. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether a change of this network has been under way since the comparing began. */
  hasChanged(network: string): boolean;
}

/** Of one whose turn it is already. */
export const ownTurn: Turn = { take: (work) => work(), hasChanged: () => false };

/** What is to be in force. */
export interface Wanted {
  /** Networks to drop, with the seconds that each has left at the moment of the call: comparing thousands takes time. */
  drop(): ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
  /** Networks to let through whatever is in `drop`; undefined while that is not known: then those of before stay. */
  readonly allow: readonly string[] | undefined;
}

/**
 * A packet filter that drops everything that comes from some networks of one family. Entries end by themselves on
 * time, even when every process of ours is dead. All methods reject with the reason when the system says no.
 */
export interface Firewall {
  readonly name: string;
  readonly family: 4 | 6;
  /**
   * Compares the system with what is wanted, in both directions, puts right what differs and names it. At no moment is
   * a block missing that was there and is wanted. Reads and compares while others go on, and changes when it is its turn.
   */
  reconcile(wanted: Wanted, turn?: Turn): Promise<string[]>;
  /** Adding again sets the time anew; deleting what is not there is fine. Few program runs for any number of changes. */
  apply(changes: readonly Change[]): Promise<void>;
  /** Lets these networks through whatever is dropped, and no others; all of it at one moment. */
  allow(networks: readonly string[]): Promise<void>;
  /** What the admin should know of how it works now, or undefined when all is well. */
  shortcoming?(): string | undefined;
  /** The networks dropped at this moment and the seconds each has left. */
  list(): Promise<Map<string, number>>;
  /** Those of them that overlap some of these, at far less cost where there are very many. */
  find(some: readonly Network[]): Promise<Map<string, number>>;
}

/** The same of a list that is there already. */
export function overlapping(
  list: ReadonlyMap<string, number>,
  some: readonly Network[],
): Map<string, number> {
  const isMeant = (text: string) => {
    const network = parseNetwork(text);
    return network !== undefined && some.some((one) => overlaps(network, one));
  };
  return new Map([...list].filter(([text]) => isMeant(text)));
}
