import { parseNetwork } from "../../core/network.ts";
import { type Context, contextOf, withResponder } from "./command.ts";
import { blocksIn } from "./naming.ts";

/** What is blocked now, for a shell that completes an address; nothing where that cannot be known. */
export async function sayBlocked(options: unknown): Promise<void> {
  const context = contextOf(options);
  for (const network of await blockedIn(context)) context.say(network);
}

/** More than these nobody looks through. */
const most = 1000;

async function blockedIn(context: Context): Promise<string[]> {
  try {
    const reply = await withResponder(context, (responder) =>
      responder.ask({ verb: "list", most }, 1000),
    );
    const networks = new Set(blocksIn(reply).map(({ network }) => network));
    // The shell expands what it completes: nothing but addresses may get there.
    return [...networks].filter((text) => parseNetwork(text)?.text === text);
  } catch {
    // Nobody answers, or this user may not ask: then nothing is completed.
    return [];
  }
}
