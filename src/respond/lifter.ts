import type { Address } from "../core/address.ts";
import { type Block, coveredBy, type Lifting } from "../core/block.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import { parseNetwork } from "../core/network.ts";
import { holds, isMeantBy } from "./holding.ts";
import type { Lane } from "./lane.ts";

/** Ends blocks because somebody says so. */
export interface Lifter {
  /**
   * Resolves to what was lifted, and to the blocks of wider networks that go on. The kernel is asked even for a network that
   * is not known here, so that the admin's word is always the last. What somebody wants by hand is ended only where `isRoot` asks,
   * and else remains. Rejects with a Failure when the system says no.
   */
  lift(what: Lifting, isRoot: boolean): Promise<{ lifted: Block[]; remaining: Block[] }>;
  /** The same of what rules asked for of an address; what somebody wants by hand stays. */
  unblock(address: Address): Promise<Block[]>;
}

type Forget = (lane: Lane, isOver: (block: Block) => boolean) => Block[];

/** `forget` takes blocks off a lane's list and returns those that were in force. */
export function lifter(lanes: readonly Lane[], forget: Forget): Lifter {
  const end = async (isOver: (block: Block) => boolean, network: string | undefined) => {
    const asked = lanes.map((lane) => {
      // Also what is only about to be in force.
      const networks = lane.networks(isOver);
      const lifted = forget(lane, isOver);
      const isKept = network === undefined || lane.has(network);
      if (!isKept && lane.serves(network)) networks.add(network);
      const isWorking = lifted.length > 0 || lane.response.refusal() === undefined;
      return { lifted, end: isWorking ? lane.release([...networks]) : undefined };
    });
    const settled = await Promise.allSettled(asked.map(({ end }) => end));
    const failed = settled.find((one) => one.status === "rejected");
    if (failed) throw new Failure(reasonOf(failed.reason), { exitCode: 69 });
    return asked.flatMap(({ lifted }) => lifted);
  };
  return {
    async lift(what, isRoot) {
      const network = "network" in what ? parseNetwork(what.network) : undefined;
      const isMeant = isMeantBy(what);
      const isOver = (block: Block) => (isRoot || block.by === undefined) && isMeant(block);
      const lifted = await end(isOver, network?.text);
      const goesOn = (block: Block) => isMeant(block) || (network && holds(block, network));
      return { lifted, remaining: lanes.flatMap((lane) => lane.list()).filter(goesOn) };
    },
    unblock(address) {
      const { text } = coveredBy(address);
      return end(({ network, by }) => network === text && by === undefined, text);
    },
  };
}
