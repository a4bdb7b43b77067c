import type { Block, Notice, Reply, Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { parseNetwork } from "../core/network.ts";
import type { Blocks } from "./blocks.ts";
import type { Sessions } from "./sessions.ts";

/** What an answer is made with. */
export interface AnswerMeans {
  readonly blocks: Blocks;
  readonly sessions: Sessions;
  /** Looks anew for what is never blocked, and resolves to the blocks that were lifted for it. Never rejects. */
  refresh(): Promise<Block[]>;
  readonly log: Log;
  /** Whether the request came on the socket that only root can open. */
  readonly isRoot: boolean;
  /** Tells everybody who is connected. */
  readonly tell: (notice: Notice) => void;
}

/** Answers one request that has been checked. Never rejects: what went wrong is the reason of a refusal. */
export async function answer(request: Request, means: AnswerMeans): Promise<Reply> {
  try {
    return await answered(request, means);
  } catch (error) {
    means.log.error(`${request.verb}: ${reasonOf(error)}`);
    return refused(request, reasonOf(error));
  }
}

async function answered(request: Request, means: AnswerMeans): Promise<Reply> {
  const { blocks } = means;
  switch (request.verb) {
    case "list":
      return { ...done(request, blocks.list(request.most)), problems: blocks.problems() };
    case "count":
      return { ...done(request, []), counts: blocks.count(), problems: blocks.problems() };
    case "unblock":
      return done(request, await blocks.unblock(request.address));
    case "lift": {
      const { lifted, remaining } = await blocks.lift(request.what, means.isRoot);
      means.tell({ lifted: namesOf(lifted) });
      return { ...done(request, lifted), remaining: remaining.slice(0, mostNamed) };
    }
    case "look":
      return look(request, blocks);
    case "protect":
      await means.sessions.replace(request.sessions);
      return done(request, await blocks.liftUntouchable());
    case "refresh":
      return done(request, await means.refresh());
    case "ban":
      if (!means.isRoot) return refused(request, "only root may ban by hand");
      return place(request, blocks);
    case "block":
      return place(request, blocks);
  }
}

async function place(request: Request & { verb: "block" | "ban" }, blocks: Blocks): Promise<Reply> {
  const outcome = await blocks.block(request);
  return outcome.ok ? done(request, [outcome.block]) : { ...outcome, request: request.request };
}

async function look(request: Request & { verb: "look" }, blocks: Blocks): Promise<Reply> {
  const network = parseNetwork(request.network);
  if (!network) return refused(request, `"${request.network}" is no network`);
  const { blocks: found, held, untouchable } = await blocks.look(network);
  return { ...done(request, found), held: held.slice(0, mostNamed), untouchable };
}

/** What names very many would be longer than anybody wants to read. */
const mostNamed = 1000;

function namesOf(lifted: readonly Block[]): Notice["lifted"] {
  return lifted.length > mostNamed ? "all" : lifted.map(({ network }) => network);
}

function done({ request }: Request, blocks: Block[]): Reply & { ok: true } {
  return { request, ok: true, blocks };
}

function refused({ request }: Request, reason: string): Reply {
  return { request, ok: false, reason };
}
