import { parseAddress } from "../../src/core/address.ts";
import type { Alert } from "../../src/core/alert.ts";
import type { Log } from "../../src/core/log.ts";
import type { AlertVerdict } from "../../src/core/verdict.ts";

/** 10:06:40 on this machine's wall, whatever its zone, so that expected texts can be literal. */
export const tenOClock = new Date(2026, 10, 22, 10, 6, 40).getTime();

export interface Sketch {
  readonly rule?: number;
  readonly level?: number;
  readonly description?: string;
  readonly groups?: readonly string[];
  readonly at?: number;
  readonly host?: string | undefined;
  readonly location?: string;
  readonly line?: string;
  readonly previous?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
  readonly log?: boolean;
  readonly mail?: boolean;
  readonly verdict?: AlertVerdict | undefined;
}

const usual = {
  rule: 5716,
  level: 5,
  description: "SSHD authentication failed.",
  groups: ["syslog", "sshd", "authentication_failed"],
  at: tenOClock,
  host: "host",
  location: "/var/log/auth.log",
  line: "Nov 22 10:06:39 host sshd[1]: Failed password for bob from 192.0.2.7",
  previous: [],
  fields: {},
  log: true,
  mail: true,
  verdict: undefined,
} satisfies Sketch;

/** An alert of rule 5716 unless the sketch says otherwise. */
export function alertOf(sketch: Sketch = {}): Alert {
  const all: Required<Sketch> = { ...usual, ...sketch };
  const { rule, level, description, groups, line, fields, previous, log, mail } = all;
  return {
    rule: { id: rule, level, description, groups },
    event: {
      at: all.at,
      host: all.host,
      program: "sshd",
      location: all.location,
      log: line,
      fullLog: line,
      decoder: "sshd",
      category: "syslog",
      fields,
      srcip: parseAddress(fields["srcip"] ?? ""),
      dstip: parseAddress(fields["dstip"] ?? ""),
      verdict: all.verdict,
    },
    previous,
    log,
    mail,
    mayBlock: true,
  };
}

/** A log that remembers what was said. */
export function remembering(): Log & { readonly said: string[] } {
  const said: string[] = [];
  const say = (message: string) => {
    said.push(message);
  };
  return { said, info: say, warn: say, error: say };
}
