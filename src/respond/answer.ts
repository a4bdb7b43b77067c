import type { Block, Reply, Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Blocks } from "./blocks.ts";

/** Answers one request that has been checked. Never rejects: what went wrong is the reason of a refusal. */
export async function answer(request: Request, blocks: Blocks, log: Log): Promise<Reply> {
  try {
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
