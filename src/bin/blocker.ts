import type { Wish } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import { listedIn } from "../config/untouchables.ts";
import type { Address } from "../core/address.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy, type Notice } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { type Due, openDue } from "./due.ts";
import type { Case, Decision } from "./evidence/record.ts";
import { openPassing, type Passing, type PassingMeans } from "./passing.ts";
import { openSpared, type Spared, type SparedMeans } from "./spared.ts";
import { openSwitches } from "./switches.ts";
import { type Asked, type AskedCommand, openAllWishes, type Wishes, whomOf } from "./wishes.ts";

/** The daemon's side of a response: it asks for it, unless the address is one that is never blocked. */
export interface Blocker
  extends Pick<Passing, "observing" | "trips" | "answered" | "tick" | "close">,
    Pick<Spared, "see"> {
  /** Decides what follows from an alert, and leaves the evidence. Does not wait for the responder's answer. */
  consider(of: Case): void;
  /** Somebody has lifted blocks: whoever goes on attacking is asked for again at once, as for the first time. */
  lifted(networks: Notice["lifted"]): void;
  /** Computes anew what is never blocked: at start, at reload and every few minutes. */
  refresh(settings: Settings): Promise<void>;
  /** `spared` are never blocked, `late` were too old to block, `observed` would have been blocked. */
  counts(): Readonly<Record<"asked" | "refused" | "spared" | "late" | "observed", number>>;
}

export function openBlocker(means: PassingMeans & SparedMeans): Blocker {
  const { log, clock, evidence } = means;
  const passing = openPassing(means);
  const spared = openSpared(means);
  const sparing = openSparing(spared, log);
  const due = openDue(log, clock);
  let wishes: Wishes = { blocks: () => [], withheld: () => [], commands: () => [] };
  const switches = openSwitches(means.paths.observing, clock, (current) => {
    wishes = openAllWishes(current);
    passing.configure(current);
  });

  /** Undefined where the same was decided a moment ago. */
  const decide = (wish: Asked, of: Case): Decision | undefined => {
    const { address, response, seconds } = wish;
    if (due.isLate(of.alert, seconds, address)) return { response, seconds, ...late };
    if (due.isAgain(coveredBy(address).text, response, seconds)) return undefined;
    return sparing.decide(wish) ?? passing.pass(wish, of);
  };
  return {
    ...passing,
    see: spared.see,
    consider(of) {
      const { alert } = of;
      for (const wish of wishes.commands(alert)) order(wish, of, { due, sparing, passing });
      const remote = alert.event.verdict?.remote;
      if (remote === undefined) return;
      const blocks = wishes.blocks(alert);
      const decisions = blocks.flatMap((wish) => decide(wish, of) ?? []);
      evidence.note(of, remote, blocks.length === 0 ? wishes.withheld(alert) : decisions);
    },
    lifted(networks) {
      due.forget(networks);
      passing.lifted(networks);
    },
    async refresh(current) {
      switches.configure(current);
      await spared.refresh(listedIn(current.global));
    },
    tick() {
      switches.tick();
      passing.tick();
      spared.tick();
    },
    counts: () => ({ ...passing.counts(), spared: sparing.count(), late: due.lateCount() }),
  };
}

interface Gates {
  readonly due: Due;
  readonly sparing: ReturnType<typeof openSparing>;
  readonly passing: Pick<Passing, "order">;
}

function order(wish: AskedCommand, { alert, id }: Case, { due, sparing, passing }: Gates): void {
  const { address } = wish;
  if (!isInTime(due, wish, alert)) return;
  if (address === undefined || !sparing.reasonFor(address)) passing.order(wish, alert, id);
}

/** Whether a command is not too late, and was not asked for a moment ago. */
function isInTime(due: Due, wish: AskedCommand, alert: Alert): boolean {
  const { command, seconds, address } = wish;
  const whom = whomOf(wish);
  if (due.isLate(alert, seconds, whom || command)) return false;
  return !due.isAgain(address ? coveredBy(address).text : whom, command, seconds);
}

const late = { did: "late", because: "its line is older than the block is long" } as const;

/** Whom nobody blocks, whatever he does. */
function openSparing(spared: Spared, log: Log) {
  let count = 0;
  const reasonFor = (address: Address) => {
    const because = spared.reasonFor(address);
    if (because === undefined) return undefined;
    count += 1;
    log.info(`${address} is not blocked: ${because}`);
    return because;
  };
  return {
    reasonFor,
    decide({ response, address, seconds }: Wish): Decision | undefined {
      const because = reasonFor(address);
      return because === undefined ? undefined : { response, seconds, did: "spared", because };
    },
    count: () => count,
  };
}
