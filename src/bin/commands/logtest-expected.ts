import { Failure } from "../../core/failure.ts";
import type { Judged } from "../judge.ts";

/**
 * Reads "RULE:LEVEL:DECODER" and returns what turns the last judgement into an exit code, as ossec-logtest's -U does: 0 when
 * all is as expected, 3 for another decoder, 2 for another rule, 1 for another level. No line at all is 3. Throws a
 * `Failure` for any other text.
 */
export function readExpected(text: string): (last: Judged | undefined) => number {
  const [, rule, level, decoder] = /^(\d+):(\d+):(.+)$/s.exec(text) ?? [];
  if (decoder === undefined) {
    throw new Failure(`"${text}" is not RULE:LEVEL:DECODER`, {
      hint: "for example: stockade logtest -U 5716:5:sshd",
      exitCode: 64,
    });
  }
  return (last) => {
    const found = last?.verdict.rule;
    if (last?.event.decoder?.toLowerCase() !== decoder.toLowerCase()) return 3;
    if (found?.id !== Number(rule)) return 2;
    return found.level === Number(level) ? 0 : 1;
  };
}
