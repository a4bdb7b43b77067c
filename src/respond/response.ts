import type { Untouchable } from "../config/untouchables.ts";
import type { Block, Held, ResponseName } from "../core/block.ts";
import type { Network } from "../core/network.ts";
import type { Turn } from "./firewall.ts";

/** A block that begins or goes on for longer, or a network (canonical text) that is let through again. */
export type BlockChange =
  | { readonly verb: "add"; readonly block: Block }
  | { readonly verb: "delete"; readonly network: string };

/** One way to keep somebody out. Several may share a name when each serves one family. */
export interface Response {
  readonly name: ResponseName;
  readonly families: readonly (4 | 6)[];
  /** Whether it can keep out more than one address or IPv6 /64. */
  readonly takesNetworks?: boolean;
  /** Why it cannot work at present, or undefined when it can. */
  refusal(): string | undefined;
  /** What the admin should know although it works, or undefined. */
  shortcoming?(): string | undefined;
  /** Makes the changes true. `live` tells all that is to be in force afterwards. Rejects with the reason when it cannot. */
  apply(changes: readonly BlockChange[], live: () => readonly Block[]): Promise<void>;
  /** Compares the system with `live`, puts right in its turn what differs and says in words what that was. */
  reconcile(live: () => readonly Block[], turn?: Turn): Promise<string[]>;
  /** The networks that the system blocks at this moment and the seconds each has left, where it can tell. */
  present?(): Promise<ReadonlyMap<string, number>>;
  /** Sees to it that these are let through even if they were blocked by a mistake of ours; where it can. */
  spare?(untouchables: readonly Untouchable[], live: () => readonly Block[]): Promise<void>;
  /** What the system itself keeps out of this network, where it can be asked. Rejects with the reason when it cannot say. */
  held?(network: Network): Promise<Held[]>;
}

/** What does not work of it at present, for people. */
export function troubleOf({ name, families, refusal, shortcoming }: Response): string | undefined {
  const reason = refusal();
  if (reason === undefined) return shortcoming?.();
  const [family] = families;
  const where = families.length === 1 ? ` for IPv${family}` : "";
  return `${name} cannot work${where}, so nobody is blocked by it there: ${reason}`;
}
