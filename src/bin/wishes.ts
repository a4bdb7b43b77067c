import { responsesTo, type Wish, withheldFrom } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import type { Decision } from "./evidence/record.ts";

/** A block that an alert asks for. */
export interface Asked extends Wish {
  /** Why it is only told, where the settings want it so. */
  readonly observed: string | undefined;
}

/** The responses that an alert's verdict alone withholds. */
export function openWithheld({ activeResponses }: Pick<Settings, "activeResponses">) {
  return (alert: Alert): Decision[] =>
    withheldFrom(alert, activeResponses).map(({ response, seconds }) => ({
      response,
      seconds,
      did: "verdict",
      because: `its verdict is ${alert.event.verdict?.class}`,
    }));
}

/** What alerts ask for by some settings. A response that blocks is never observed by another one besides. */
export function openWishes({
  activeResponses,
  blocking,
}: Pick<Settings, "activeResponses" | "blocking">): (alert: Alert) => Asked[] {
  const armed = activeResponses.filter(({ observe }) => !observe);
  const observing = activeResponses.filter(({ observe }) => observe);
  const rules = new Set(blocking.observeRules);

  const why = ({ rule }: Alert) => {
    if (blocking.observe) return "observe mode";
    return rules.has(rule.id) ? `rule ${rule.id} only observes` : undefined;
  };
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

/** "would block 192.0.2.7 for 600 s by rule 5712": a block that is not made, in words. */
export function wouldBlock({ address, seconds }: Wish, rule: number): string {
  return `would block ${address} for ${seconds} s by rule ${rule}`;
}
