import type { Machine } from "./machine.ts";

/**
 * What a check found. `wrong`: something does not work, or soon will not; it has a fix. `unknown`: it could not be looked
 * at. `note`: worth knowing, nothing to do.
 */
export interface Finding {
  readonly state: "ok" | "note" | "unknown" | "wrong";
  readonly text: string;
  /** What to do, as somebody would type it where it is a command. */
  readonly fix?: string;
}

/** Looks at one thing. Changes nothing. */
export type Check = (machine: Machine) => readonly Finding[] | Promise<readonly Finding[]>;

export function ok(text: string): Finding {
  return { state: "ok", text };
}

export function note(text: string): Finding {
  return { state: "note", text };
}

export function wrong(text: string, fix: string): Finding {
  return { state: "wrong", text, fix };
}

export function unknown(text: string, fix?: string): Finding {
  return { state: "unknown", text, ...(fix !== undefined && { fix }) };
}

/** What was found wrong, or else that all is well. */
export function orOk(findings: readonly Finding[], text: string): readonly Finding[] {
  return findings.some(({ state }) => state === "wrong" || state === "unknown")
    ? findings
    : [ok(text), ...findings];
}
