import type { Block } from "../../core/block.ts";
import { printable } from "../../core/printable.ts";
import type { ToldAlert } from "../evidence/alerts.ts";
import type { Decision } from "../evidence/record.ts";
import { whoWants } from "./naming.ts";
import { briefTime, fold, localTime, span } from "./table.ts";
import { logIndent, seen } from "./why-evidence.ts";
import type { Shown, Why } from "./why-facts.ts";

/** `stockade why` for a person. Nothing of it may harm a terminal: most of it was written by whoever attacks. */
export function pageOf(why: Why, now: number): string[] {
  const lines = [...head(why, now), ...inForce(why), ...cause(why), ...undo(why)].map(printable);
  return lines.flatMap((line) => (line.startsWith(logIndent) ? [line] : fold(line)));
}

function head({ address, network, blocks, unasked }: Why, now: number): string[] {
  const name = network === address ? address : `${address} (as ${network})`;
  if (unasked !== undefined) return [`whether ${name} is blocked is not known: ${unasked}`];
  if (blocks.length === 0) return [`${name} is not blocked`];
  const since = briefTime(Math.min(...blocks.map((block) => block.since)));
  const until = Math.max(...blocks.map((block) => block.until));
  return [
    `${name} is blocked until ${briefTime(until)} (${span(until - now)} more), since ${since}`,
  ];
}

/** Each block, who wants it, and what the system itself says of it. */
function inForce({ blocks, held, untouchable }: Why): string[] {
  const known = blocks.map((block) => {
    const { response, network, count } = block;
    const times = count === 1 ? "" : `, asked for ${count} times`;
    const own = held.find((one) => one.response === response && one.network === network);
    return `  ${response} of ${network}, ${whoWants(block)}${times}; ${readBack(block, own)}`;
  });
  const strange = held.filter(
    ({ response, network }) =>
      !blocks.some((block) => block.response === response && block.network === network),
  );
  return [
    ...known,
    ...strange.map(({ response, network, seconds }) => {
      const time = seconds === undefined ? "" : ` for ${seconds} s`;
      return `  ${response} of ${network} is in place${time}, and Stockade does not know of it`;
    }),
    ...(untouchable === undefined ? [] : [`  ${untouchable}`]),
  ];
}

function readBack({ response }: Block, own: Why["held"][number] | undefined): string {
  const place = response === "host-deny" ? "/etc/hosts.deny" : "the kernel";
  if (!own) return `${place} does NOT have it now, see journalctl -u stockade-respond`;
  return own.seconds === undefined
    ? `${place} has it`
    : `${place} has it for ${own.seconds} s more`;
}

function cause({ evidence, alerts, blocks }: Why): string[] {
  const [first, ...others] = evidence;
  if (!first) return withoutEvidence(alerts, blocks);
  return [
    "",
    ...seen(first),
    "",
    ...decided(first),
    ...(blocks.length === 0 && first.decisions.some(({ did }) => did === "asked")
      ? ["  that block has come to its end, or was lifted"]
      : []),
    ...(others.length === 0 ? [] : ["", "what else is known, the newest first"]),
    ...others.map(briefly),
  ];
}

function decided({ decisions, at }: Shown): string[] {
  const offence = decisions.find((one) => one.offence !== undefined)?.offence;
  return [
    `what was decided at ${localTime(at)}`,
    ...decisions.map(({ response, seconds, did, because }) => {
      const what = `  ${response} for ${seconds} s`;
      return did === "asked" ? `${what}: asked for` : `${what}: ${fates[did]}: ${because}`;
    }),
    ...(decisions.some(({ did }) => did === "asked") ? [passed] : []),
    ...(offence === undefined ? [] : [`  it is block number ${offence} of this source`]),
  ];
}

const passed =
  "  checked before: the line was fresh, the address is none that is never blocked, " +
  "the rule does more than observe, the circuit breaker had not stopped it";

const fates: Readonly<Record<Exclude<Decision["did"], "asked">, string>> = {
  refused: "refused by the responder",
  spared: "never blocked",
  late: "not asked for",
  observed: "only observed",
  stopped: "only observed",
  verdict: "not asked for",
};

function briefly({ at, rule, decisions, alert }: Shown): string {
  const fate = decisions.map(({ response, did, because }) =>
    did === "asked" ? `${response} asked for` : `${response} ${fates[did]}: ${because}`,
  );
  return `  ${briefTime(at)}  rule ${rule.id} (alert ${alert}): ${fate.join(", ")}`;
}

function withoutEvidence(alerts: readonly ToldAlert[], blocks: readonly Block[]): string[] {
  if (alerts.length > 0) {
    return ["", "the last alerts about it", ...alerts.flatMap(told)];
  }
  if (blocks.some(({ by }) => by === undefined)) {
    return [
      "",
      `its evidence is not kept any more; see the alert ${blocks[0]?.alert} in alerts.log`,
    ];
  }
  return blocks.length > 0 ? [] : ["", "nothing is known of it: no alert named it lately"];
}

function told({ id, TimeStamp, rule, verdict, full_log = "" }: ToldAlert): string[] {
  const judged = verdict ? `; verdict ${verdict.class}: ${verdict.reason}` : "";
  return [
    `  ${localTime(TimeStamp)}  rule ${rule.sidid}, level ${rule.level}: ${rule.comment} (alert ${id})${judged}`,
    `${logIndent}${full_log.slice(0, 300)}`,
  ];
}

function undo({ blocks }: Why): string[] {
  const networks = new Set(blocks.map(({ network }) => network));
  if (networks.size === 0) return [];
  const first = "to let it in again";
  return ["", first, ...[...networks].map((network) => `  stockade unban ${network}`)];
}
