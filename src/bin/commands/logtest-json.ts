import type { Event } from "../../core/event.ts";
import { snortFastFields } from "../../decode/formats/snort-fast.ts";
import type { Judged } from "../judge.ts";

/** A rule that was tried, and the element of it that failed; null when all of its own conditions held. */
export interface Tried {
  readonly rule: number;
  readonly failed: string | null;
}

/** One line and what was made of it, as an object for JSON. `asOssec`: fields by the names ossec-logtest prints, and only those. */
export function answerTo(text: string, { event, verdict }: Judged, asOssec: boolean) {
  return {
    line: text,
    program_name: event.program ?? null,
    hostname: event.host ?? null,
    decoder: event.decoder ?? null,
    fields: asOssec ? printedFields(event) : fieldsOf(event),
    rule: verdict.rule?.id ?? null,
    level: verdict.rule?.level ?? null,
    alert: verdict.alert !== undefined,
    ...(verdict.alert && !asOssec && { verdict: event.verdict ?? null }),
  };
}

/** The answer to a line that OSSEC does not look at. */
export function noAnswerTo(line: string) {
  const [nothing, fields] = [null, {}];
  return {
    line,
    program_name: nothing,
    hostname: nothing,
    decoder: nothing,
    fields,
    rule: nothing,
    level: nothing,
    alert: false,
  };
}

function printedFields({ fields, byPlugin }: Event): Event["fields"] {
  if (byPlugin) return {};
  const { protocol, ...others } = fields;
  return protocol === undefined ? fields : { ...others, proto: protocol };
}

function fieldsOf(event: Event) {
  return event.decoder === "snort-fast" ? fastFields(event) : event.fields;
}

const numbers: readonly string[] = ["gid", "sid", "rev", "priority", "srcport", "dstport"];

/** Every name a fast.log line can have, null where this one has none, numbers as numbers. */
function fastFields({ fields }: Event): Record<string, string | number | null> {
  return Object.fromEntries(
    snortFastFields.map((name) => {
      const value = fields[name];
      if (value === undefined) return [name, null];
      return [name, numbers.includes(name) ? Number(value) : value];
    }),
  );
}
