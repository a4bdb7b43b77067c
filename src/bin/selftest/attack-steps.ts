import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../core/address.ts";
import type { Block } from "../../core/block.ts";
import type { Responder } from "../../respond/client.ts";
import { span } from "../commands/table.ts";
import type { Arena } from "./arena.ts";
import { isInKernel, lift } from "./block-step.ts";
import type { Report } from "./report.ts";
import { eventually, type Fired, firedIn, type Tail } from "./watch.ts";

/** What one attack goes through, and what watches it. */
export interface Attack {
  /** What the steps are called: "scan", "passwords". */
  readonly name: string;
  readonly arena: Arena;
  readonly responder: Responder;
  readonly report: Report;
  readonly alerts: Tail;
  readonly attacker: Address;
  readonly server: Address;
  readonly port: number;
  /** Whether blocks are only observed, as the daemon said of itself within the last seconds. */
  readonly isObserving: () => boolean;
}

/** Before the attack the attacker must get through, or nothing is proved. */
export async function reachStep(attack: Attack): Promise<boolean> {
  const { report, server, port, attacker, arena, name } = attack;
  const target = { from: attacker, address: server, port };
  const reach = await arena.probe(target, false);
  const text = `${attacker} reaches ${server} port ${port}`;
  if (reach === "open") report.passed(`${name}: packets`, text);
  else
    report.failed(
      `${name}: packets`,
      `${text}: ${reach}; does a firewall of yours drop what comes from ${arena.device}?`,
    );
  return reach === "open";
}

/** From the rule to the packet that is dropped. Resolves to the block, undefined where there is none. */
export async function blockedSteps(attack: Attack, seconds: number): Promise<Block | undefined> {
  const { report, alerts, attacker, name } = attack;
  const fired = await eventually(seconds, () => worstIn(firedIn(alerts(), attacker)));
  if (!fired) {
    report.failed(
      `${name}: rule`,
      `no rule fired within ${seconds} s: stockade doctor; stockade status`,
    );
    return undefined;
  }
  report.passed(
    `${name}: rule`,
    `rule ${fired.rule} (level ${fired.level}) fired, alert ${fired.id}`,
  );
  return await blockPresent(attack);
}

/** What is low is only counted. */
function worstIn(fired: readonly Fired[]): Fired | undefined {
  return fired.find(({ level }) => level >= 9);
}

async function blockPresent(attack: Attack): Promise<Block | undefined> {
  const { report, responder, attacker, name } = attack;
  // What the daemon said may have changed since: who is blocked all the same is not only observed.
  const block = await eventually(attack.isObserving() ? 3 : 10, async () => {
    const seen = await responder.ask({ verb: "look", network: attacker });
    return seen.ok ? seen.blocks.find(({ response }) => response === "firewall-drop") : undefined;
  });
  if (!block && attack.isObserving()) {
    report.skipped(`${name}: block`, "only observing, nobody is blocked: stockade observe");
    return undefined;
  }
  if (!block) {
    report.failed(
      `${name}: block`,
      `${attacker} is not blocked: stockade why ${attacker} says why`,
    );
    return undefined;
  }
  if (!(await isInKernel(responder, attacker))) {
    report.failed(`${name}: block`, `${attacker} is blocked, but the kernel does not have it`);
    return undefined;
  }
  const lasts = span(block.until - Date.now());
  report.passed(
    `${name}: block`,
    `${attacker} is in the packet filter, by rule ${block.rule}, for ${lasts}`,
  );
  await droppedStep(attack);
  return block;
}

async function droppedStep({ report, arena, attacker, server, port, name }: Attack): Promise<void> {
  const reach = await arena.probe({ from: attacker, address: server, port }, false);
  if (reach === "silent") report.passed(`${name}: dropped`, `packets of ${attacker} are dropped`);
  else
    report.failed(
      `${name}: dropped`,
      `packets of ${attacker} still pass (${reach}): stockade doctor`,
    );
}

const longestWait = 15 * 60_000;
/** ipset counts whole seconds, and the responder looks every second. */
const graceMilliseconds = 3000;

/** The block ends, by itself or, when that is too long to wait for, by hand; then packets pass again. */
export async function endSteps(attack: Attack, block: Block, isQuick: boolean): Promise<void> {
  const { report, responder, attacker, arena, server, port, name } = attack;
  const left = block.until - Date.now();
  const byHand = isQuick || left > longestWait;
  if (byHand) await lift(responder, attacker);
  else await sleep(Math.max(0, left) + graceMilliseconds);
  if (await isInKernel(responder, attacker)) {
    report.failed(`${name}: over`, `the block of ${attacker} did not end`);
    return;
  }
  const why = isQuick ? "--quick" : `it would last ${span(left)}`;
  report.passed(
    `${name}: over`,
    byHand ? `the block was ended by hand (${why})` : "the block ended by itself",
  );
  const reach = await arena.probe({ from: attacker, address: server, port }, false);
  if (reach === "open") report.passed(`${name}: passes`, `packets of ${attacker} pass again`);
  else report.failed(`${name}: passes`, `packets of ${attacker} do not pass: ${reach}`);
}
