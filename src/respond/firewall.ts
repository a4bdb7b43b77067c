/** A network to drop for so many seconds, or to let through again. `network` is canonical text (`Network.text`). */
export type Change =
  | { readonly verb: "add"; readonly network: string; readonly seconds: number }
  | { readonly verb: "delete"; readonly network: string };

/**
 * A packet filter that drops everything that comes from some networks of one family. Entries end by themselves on
 * time, even when every process of ours is dead. All methods reject with the reason when the system says no.
 */
export interface Firewall {
  readonly name: string;
  readonly family: 4 | 6;
  /** Puts everything but the entries in its place and says in words what was missing. Safe to call again and again. */
  prepare(): Promise<string[]>;
  /** Adding again sets the time anew; deleting what is not there is fine. One program run for any number of changes. */
  apply(changes: readonly Change[]): Promise<void>;
  /** The networks dropped at this moment and the seconds each has left. */
  list(): Promise<Map<string, number>>;
}
