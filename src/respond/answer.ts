import type { Block, Reply, Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Blocks } from "./blocks.ts";
import type { Sessions } from "./sessions.ts";

/** What requests are about. */
export interface Parts {
  readonly blocks: Blocks;
  readonly sessions: Sessions;
  /** Computes anew what is never blocked, and resolves to the blocks that were lifted for it. Never rejects. */
  refresh(): Promise<Block[]>;
}

/** Answers one request that has been checked. Never rejects: what went wrong is the reason of a refusal. */
export async function answer(request: Request, parts: Parts, log: Log): Promise<Reply> {
  const { blocks, sessions } = parts;
  try {
    if (request.verb === "protect") {
      await sessions.replace(request.sessions);
      return done(request, await blocks.liftUntouchable());
    }
    if (request.verb === "refresh") return done(request, await parts.refresh());
    if (request.verb === "list") return done(request, blocks.list());
    if (request.verb === "unblock") return done(request, await blocks.unblock(request.address));
    const outcome = await blocks.block(request);
    return outcome.ok ? done(request, [outcome.block]) : refused(request, outcome.reason);
  } catch (error) {
    log.error(`${request.verb}: ${reasonOf(error)}`);
    return refused(request, reasonOf(error));
  }
}

function done({ request }: Request, blocks: Block[]): Reply {
  return { request, ok: true, blocks };
}

function refused({ request }: Request, reason: string): Reply {
  return { request, ok: false, reason };
}
