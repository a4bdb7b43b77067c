import type * as z from "zod";
import type { Address } from "../core/address.ts";
import type { Alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { type Expected, FileName, UserName } from "../core/order.ts";
import type { VerdictClass } from "../core/verdict.ts";
import { conditionsFor, usual, type When } from "./active-response.ts";

/** When an alert leads to a command; `CustomResponse` of the settings. */
interface Condition extends When {
  readonly command: string;
  readonly expect: readonly Expected[];
  /** 0: without an end. */
  readonly seconds: number;
  readonly verdicts?: readonly VerdictClass[] | undefined;
}

/** A command to be run about an alert, with what it expects and nothing else. */
export interface CommandWish {
  readonly command: string;
  readonly seconds: number;
  readonly address?: Address;
  readonly user?: string;
  readonly filename?: string;
}

/**
 * Decides which commands an alert asks for. One that expects what the alert does not have, or what cannot be such a thing
 * (a user name "-d"), is not run. With the rule's `no_ar` none is.
 *
 * A command that is told an address needs a verdict, as a block does, and the address is the verdict's. One that is told a user or a
 * file needs it where the event has a verdict: whoever forges packets shall not choose either. An event of this machine's own
 * (su, sudo) has none, and leads to it. One that is told nothing is run about any alert, unless it names its verdicts.
 */
export function ordersFor(
  { rule, event, mayBlock }: Alert,
  conditions: readonly Condition[],
): CommandWish[] {
  if (!mayBlock || conditions.length === 0) return [];
  return conditionsFor(rule, conditions)
    .filter((condition) => isMeant(event, condition))
    .flatMap(({ command, expect, seconds }) => {
      const told = toldOf(event, expect);
      return told ? { command, seconds, ...told } : [];
    });
}

function isMeant({ verdict }: Event, { expect, verdicts }: Condition): boolean {
  const wanted = verdicts ?? (expect.length > 0 ? usual : undefined);
  return !verdict || !wanted || wanted.includes(verdict.class);
}

/** Undefined where something is missing. */
function toldOf(
  { verdict, fields }: Event,
  expect: readonly Expected[],
): Omit<CommandWish, "command" | "seconds"> | undefined {
  const told = {
    srcip: verdict?.remote,
    // The account that was meant comes first, then the one that did it, as in OSSEC.
    user: inForm(UserName, fields["dstuser"] || fields["srcuser"]),
    filename: inForm(FileName, fields["filename"]),
  };
  if (expect.some((one) => told[one] === undefined)) return undefined;
  const { srcip, user, filename } = told;
  return {
    ...(expect.includes("srcip") && srcip !== undefined && { address: srcip }),
    ...(expect.includes("user") && user !== undefined && { user }),
    ...(expect.includes("filename") && filename !== undefined && { filename }),
  };
}

function inForm(schema: z.ZodType<string>, text: string | undefined): string | undefined {
  return schema.safeParse(text).data;
}
