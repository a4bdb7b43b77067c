import { responsesTo, type Wish, withheldFrom } from "../analyse/active-response.ts";
import { type CommandWish, ordersFor } from "../analyse/custom-response.ts";
import type { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import type { Decision } from "./evidence/record.ts";

/** A block that an alert asks for. */
export interface Asked extends Wish {
  /** Why it is only told, where the settings want it so. */
  readonly observed: string | undefined;
}

/** A command that an alert asks for. */
export interface AskedCommand extends CommandWish {
  readonly observed: string | undefined;
}

/** Everything that alerts ask for by some settings. */
export interface Wishes {
  blocks(alert: Alert): Asked[];
  /** Blocks that an alert's verdict alone withholds. */
  withheld(alert: Alert): Decision[];
  commands(alert: Alert): AskedCommand[];
}

export function openAllWishes(settings: Settings): Wishes {
  return {
    blocks: openWishes(settings),
    withheld: openWithheld(settings),
    commands: openCommandWishes(settings),
  };
}

/** The responses that an alert's verdict alone withholds. */
function openWithheld({ activeResponses }: Pick<Settings, "activeResponses">) {
  return (alert: Alert): Decision[] =>
    withheldFrom(alert, activeResponses).map(({ response, seconds }) => ({
      response,
      seconds,
      did: "verdict",
      because: `its verdict is ${alert.event.verdict?.class}`,
    }));
}

/** What blocks alerts ask for by some settings. A response that blocks is never observed by another one besides. */
export function openWishes({
  activeResponses,
  blocking,
}: Pick<Settings, "activeResponses" | "blocking">): (alert: Alert) => Asked[] {
  const armed = activeResponses.filter(({ observe }) => !observe);
  const observing = activeResponses.filter(({ observe }) => observe);
  const why = openWhy(blocking);
  return (alert) => {
    const wishes = responsesTo(alert, armed);
    const others = observing.length === 0 ? [] : responsesTo(alert, observing);
    const left = others.filter(({ response }) => !wishes.some((one) => one.response === response));
    const observed = why(alert);
    return [
      ...wishes.map((wish) => ({ ...wish, observed })),
      ...left.map((wish) => ({
        ...wish,
        observed: observed ?? `its ${wish.response} only observes`,
      })),
    ];
  };
}

/** What commands alerts ask for by some settings, each once. */
export function openCommandWishes({
  customResponses,
  blocking,
}: Pick<Settings, "customResponses" | "blocking">): (alert: Alert) => AskedCommand[] {
  const armed = customResponses.filter(({ observe }) => !observe);
  const observing = customResponses.filter(({ observe }) => observe);
  const why = openWhy(blocking);
  return (alert) => {
    if (customResponses.length === 0) return [];
    const observed = why(alert);
    const all = [
      ...ordersFor(alert, armed).map((wish) => ({ ...wish, observed })),
      ...ordersFor(alert, observing).map((wish) => ({
        ...wish,
        observed: observed ?? `its ${wish.command} only observes`,
      })),
    ];
    return all.filter((wish, at) => all.findIndex((one) => one.command === wish.command) === at);
  };
}

/** Why what an alert of a rule asks for is only told, by the settings; undefined where it is done. */
function openWhy({ observe, observeRules }: Settings["blocking"]) {
  const rules = new Set(observeRules);
  return ({ rule }: Alert) => {
    if (observe) return "observe mode";
    return rules.has(rule.id) ? `rule ${rule.id} only observes` : undefined;
  };
}

/** "would block 192.0.2.7 for 600 s by rule 5712": a block that is not made, in words. */
export function wouldBlock({ address, seconds }: Wish, rule: number): string {
  return `would block ${address} for ${seconds} s by rule ${rule}`;
}

/** "would run page for 192.0.2.7 by rule 5712" */
export function wouldRun(wish: CommandWish, rule: number): string {
  const whom = whomOf(wish);
  return `would run ${wish.command}${whom === "" ? "" : ` for ${whom}`} by rule ${rule}`;
}

/** Whom or what a command is about, in words; "" where it is told nothing. */
export function whomOf({ address, user, filename }: Whom): string {
  const parts = [address, user && `the user ${user}`, filename];
  return parts.filter((part) => part !== undefined).join(", ");
}

type Whom = { readonly [Part in "address" | "user" | "filename"]?: string | undefined };
