import { printable } from "../../core/printable.ts";
import { stamped } from "../commands/table.ts";

/** What came of a step. */
interface Step {
  readonly name: string;
  readonly result: "passed" | "failed" | "skipped";
  readonly text: string;
  /** Milliseconds since the beginning. */
  readonly after: number;
}

/** Takes the steps as they come, and tells them at once. */
export interface Report {
  passed(name: string, text: string): void;
  failed(name: string, text: string): void;
  /** `text` says why. */
  skipped(name: string, text: string): void;
  readonly steps: readonly Step[];
  readonly began: number;
}

const marks = { passed: "ok", failed: "FAILED", skipped: "skipped" } as const;

export function openReport(say: (line: string) => void): Report {
  const began = Date.now();
  const steps: Step[] = [];
  const take = (result: Step["result"]) => (name: string, text: string) => {
    steps.push({ name, result, text, after: Date.now() - began });
    say(stamped(began, `${marks[result].padEnd(8)}${name.padEnd(21)}${printable(text)}`));
  };
  return { passed: take("passed"), failed: take("failed"), skipped: take("skipped"), steps, began };
}
