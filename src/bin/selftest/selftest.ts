import type { Settings } from "../../config/settings.ts";
import type { Address } from "../../core/address.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Responder } from "../../respond/client.ts";
import type { Machine } from "../doctor/machine.ts";
import { readStatus } from "../status-file.ts";
import { freeAddresses } from "./addresses.ts";
import { type Arena, openArena } from "./arena.ts";
import { type Attack, blockedSteps, endSteps, reachStep } from "./attack-steps.ts";
import { blockStep, lift } from "./block-step.ts";
import { mailStep } from "./mail-step.ts";
import { mirror } from "./mirror.ts";
import type { Report } from "./report.ts";
import { type Target, targetOf } from "./server.ts";
import { eventually, firedIn, openTail } from "./watch.ts";

/** What the self-test works with. */
export interface Means {
  readonly machine: Machine;
  readonly settings: Settings;
  /** Root's own connection: only root may end what is banned. */
  readonly responder: Responder;
  readonly report: Report;
  readonly isQuick: boolean;
  /** Takes what is to be undone, and undoes it in any case; the next run does where this one is killed. */
  readonly undo: { add(address: Address): void; arena(arena: Arena): void };
}

/** Attacks this server from a namespace on it, and tells what came of it step by step. Only our own faults are thrown. */
export async function attackOurselves(means: Means): Promise<void> {
  const { report, machine, responder, settings } = means;
  const addresses = await freeAddresses(machine, responder, 3);
  const [spare, scanner, guesser] = addresses;
  if (!spare || !scanner || !guesser) return;
  for (const address of addresses) means.undo.add(address);
  await blockStep(responder, spare, report);

  const target = await targetOf(machine, settings);
  if (!target) return report.skipped("network", "this server has no IPv4 address to the outside");
  const arena = await arenaFor(means, target.address, [scanner, guesser]);
  if (!arena) return;
  const alerts = openTail(machine.context.paths.alertsLog);
  const { daemonStatus } = machine.context.paths;
  const isObserving = () => readStatus(daemonStatus)?.observing.all ?? false;
  const common = {
    arena,
    responder,
    report,
    alerts,
    server: target.address,
    isObserving,
  };
  const alertIds = () =>
    [scanner, guesser].flatMap((one) => firedIn(alerts(), one).map(({ id }) => id));
  const { global } = settings;
  await Promise.all([
    scanned(means, { ...common, name: "scan", attacker: scanner, port: 0 }, target),
    guessed(means, { ...common, name: "passwords", attacker: guesser, port: target.sshPort ?? 0 }),
    eventually(40, () => alertIds()[0]).then((first) =>
      first === undefined
        ? report.skipped("mail", "there was no alert to be mailed")
        : mailStep({ machine, global, report, alertIds }),
    ),
  ]);
}

/** Undefined, and told, where the system does not let us make one. */
async function arenaFor(
  { machine, report, undo }: Means,
  server: Address,
  attackers: readonly Address[],
): Promise<Arena | undefined> {
  const socket = machine.context.paths.attackerSocket;
  try {
    const arena = await openArena(machine.run, { server, attackers, socket });
    undo.arena(arena);
    report.passed(
      "arena",
      `${attackers.join(" and ")} behind ${arena.device}, which reaches ${server} and nobody else`,
    );
    return arena;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    report.skipped("arena", `no attack: there can be no other network here (${thrown.message})`);
    return undefined;
  }
}

const suricataSeconds = 15;

async function scanned(means: Means, attack: Attack, target: Target): Promise<void> {
  const { machine, report } = means;
  const port = await openPort(attack, target);
  if (port === undefined) {
    return report.skipped(
      "scan",
      `nobody listens on ${target.address}, so there is nothing to attack`,
    );
  }
  const scan = { ...attack, port };
  if (!(await reachStep(scan))) return;
  try {
    await mirror(machine, attack.arena.device, target.device);
  } catch (thrown) {
    return report.skipped(
      "scan",
      `the running Suricata cannot be shown the attack: ${reasonOf(thrown)}`,
    );
  }
  const feed = openTail(target.alertFeed);
  const goOn = attackWithNmap(means, scan);
  const seen = await eventually(suricataSeconds, () => lineWith(feed(), scan.attacker));
  if (seen === undefined) {
    return report.failed(
      "scan: signature",
      `Suricata wrote nothing of it to ${target.alertFeed}: stockade doctor`,
    );
  }
  report.passed("scan: signature", seen);
  const block = await blockedSteps(scan, 10);
  if (block) await endSteps(scan, block, means.isQuick);
  await goOn;
}

/** Our own greeting is nmap's, so that the test needs no nmap; where it is there it attacks as well. */
async function attackWithNmap({ machine, report }: Means, attack: Attack): Promise<void> {
  const hasNmap = machine.stat("/usr/bin/nmap") !== undefined;
  const what = hasNmap
    ? "nmap -A attacks"
    : "nmap is not installed: what it says first is said by Stockade";
  report.passed("scan: attack", `${what}, port ${attack.port}`);
  const { attacker: from, server: address, port, arena } = attack;
  const scanning = hasNmap ? arena.tell({ verb: "scan", address, port }) : undefined;
  await arena.probe({ from, address, port }, true);
  await scanning;
}

async function openPort(attack: Attack, { ports, address }: Target): Promise<number | undefined> {
  for (const port of ports.slice(0, 5)) {
    const reach = await attack.arena.probe({ from: attack.attacker, address, port }, false);
    if (reach === "open") return port;
  }
  return ports[0];
}

/** What Suricata says of it: the text of the signature. */
function lineWith(text: string, address: string): string | undefined {
  const line = text
    .split("\n")
    .find((one) => one.includes(`${address}:`) || one.includes(`"${address}"`));
  return line && (/\[\*\*\] (.+?) \[\*\*\]/.exec(line)?.[1] ?? line.slice(0, 100));
}

async function guessed(means: Means, attack: Attack): Promise<void> {
  const { machine, report } = means;
  if (attack.port === 0) return report.skipped("passwords", `no sshd listens on ${attack.server}`);
  if (!machine.stat("/usr/bin/ssh"))
    return report.skipped("passwords", "there is no ssh to guess with");
  if (!(await reachStep(attack))) return;
  const { attacker: from, server: address, port, arena } = attack;
  report.passed("passwords: attack", `${from} guesses passwords of nobody, port ${port}`);
  const guessing = arena.tell({ verb: "guess", from, address, port });
  const block = await blockedSteps(attack, 20);
  if (block) await endSteps(attack, block, means.isQuick);
  await guessing;
}

/** Ends the blocks of the addresses that were used. */
export async function liftAll(responder: Responder, addresses: readonly Address[]): Promise<void> {
  for (const address of addresses) await lift(responder, address);
}
