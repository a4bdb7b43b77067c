import {
  type Analysis,
  type AnalysisOptions,
  openAnalysis,
  type Verdict,
} from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { placeRules } from "../../src/analyse/rules/place.ts";
import { readRules } from "../../src/analyse/rules/read.ts";
import type { RuleTree } from "../../src/analyse/rules/tree.ts";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Event } from "../../src/core/event.ts";
import type { AlertVerdict } from "../../src/core/verdict.ts";

const levels = { logLevel: 1, emailLevel: 9 };

/** A judge by rules that were read. */
export function judging(tree: RuleTree): (event: Event) => Verdict {
  return openAnalysis(compileRules(tree, levels)).judge;
}

/** A judge for rules written in a test. Layers are files; later ones replace rules of earlier ones. */
export function judgeBy(...files: string[]): (event: Event) => Verdict {
  const layers = files.map((text, index) => readRules(text, `rules${index}.xml`));
  return judging(placeRules(layers));
}

/** The same, judged as OSSEC does. */
export function judgeAsOssec(text: string): (event: Event) => Verdict {
  return openAsOssec(text).judge;
}

export function openAsOssec(text: string, options: AnalysisOptions = {}): Analysis {
  const tree = placeRules([readRules(text, "rules.xml", true)], true);
  return openAnalysis(compileRules(tree, levels), options);
}

/** The verdict on what a service says of a client. */
function provenOf(remote: Address | undefined): AlertVerdict | undefined {
  return remote && { class: "attacked-by", reason: "a test says so", remote, local: undefined };
}

/** An event at a second, from an address, with a message. */
export function eventAt(seconds: number, srcip: string, more: Partial<Event> = {}): Event {
  const log = more.log ?? "hello";
  return {
    at: seconds * 1000,
    host: "web1",
    program: "test",
    location: "/var/log/test.log",
    log,
    fullLog: log,
    decoder: undefined,
    category: "syslog",
    fields: { srcip },
    srcip: parseAddress(srcip),
    dstip: undefined,
    verdict: provenOf(parseAddress(srcip)),
    ...more,
  };
}
