import type { Command, RespondSettings } from "../../config/settings.ts";
import { coveredBy } from "../../core/block.ts";
import type { Answer, Order, RunOrder } from "../../core/order.ts";
import type { Guard } from "../guard.ts";
import { type Execution, nameOf } from "./execution.ts";
import type { Executions } from "./executions.ts";

/** What an order is checked with. `now` in milliseconds since 1970. */
interface Means {
  readonly settings: Pick<RespondSettings, "commands">;
  readonly guard: Guard;
  readonly executions: Executions;
  readonly now: () => number;
}

/** Checks an order, believing nothing of whoever sent it, and carries it out. Never rejects. */
export async function answer(order: Order, means: Means): Promise<Answer> {
  const { settings, executions, now } = means;
  if (order.verb === "end") {
    return { ok: true, done: (await executions.end(order.address)).map(nameOf) };
  }
  const command = settings.commands.find(({ name }) => name === order.command);
  if (!command) return { ok: false, reason: `the settings have no command "${order.command}"` };
  const reason = shapeProblem(order, command);
  if (reason !== undefined) return { ok: false, reason };
  const spared = order.address && means.guard.refusal(coveredBy(order.address));
  if (spared !== undefined) return { ok: false, reason: spared, isRight: true };
  const execution = executionOf(order, command, now());
  const done = await executions.run(execution);
  return done.ok ? { ok: true, done: [nameOf(execution)] } : done;
}

/** Exactly what the command expects is told, no more and no less. */
function shapeProblem(order: RunOrder, { expect, mayEnd, name }: Command): string | undefined {
  if (order.seconds > 0 && !mayEnd) return `${name} cannot be undone, and is to last`;
  const given = { srcip: order.address, user: order.user, filename: order.filename };
  for (const key of ["srcip", "user", "filename"] as const) {
    if (expect.includes(key) && given[key] === undefined) return `${name} expects ${key}`;
    if (!expect.includes(key) && given[key] !== undefined) return `${name} does not expect ${key}`;
  }
  return undefined;
}

function executionOf(order: RunOrder, { executable }: Command, now: number): Execution {
  const { verb: _verb, seconds, ...rest } = order;
  return { ...rest, executable, since: now, until: now + seconds * 1000 };
}
