import { printable } from "../core/printable.ts";

/** A response could not be carried out; `whom` it was against, or "". */
export type Failed = (response: string, whom: string, reason: string) => void;

/** What fails for one fails for all: of the same kind more is told only after this time, with how many there were. */
const againMilliseconds = 3_600_000;
const longestReason = 300;
const mostKinds = 100;

/** Says of responses that failed, so that rule 309015 raises an alert. `clock` in milliseconds. */
export function openFailures(say: (text: string) => void, clock: () => number): Failed {
  const told = new Map<string, { at: number; untold: number }>();
  return (response, whom, reason) => {
    const now = clock();
    const kind = kindOf(response, whom, reason);
    const before = told.get(kind);
    // A clock that was set back ends it, too.
    if (before && before.at <= now && now - before.at < againMilliseconds) {
      before.untold += 1;
      return;
    }
    const more = before?.untold ? ` (and ${before.untold} more like it since)` : "";
    if (told.size >= mostKinds) told.clear();
    told.set(kind, { at: now, untold: 0 });
    const what = whom === "" ? response : `${response} of ${whom}`;
    say(`stockade: a response failed: ${what}: ${brief(reason)}${more}`);
  };
}

/** What an attacker may choose must not make a new kind each time. */
function kindOf(response: string, whom: string, reason: string): string {
  const constant = (whom === "" ? reason : reason.replaceAll(whom, "")).replaceAll(
    /[\da-f.:]+/gi,
    "",
  );
  return `${response} ${constant.slice(0, 60)}`;
}

/** What a program complained of may hold what an attacker wrote. */
function brief(reason: string): string {
  return printable(reason.slice(0, longestReason));
}
