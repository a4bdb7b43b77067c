import { join } from "node:path";
import {
  type Escalation,
  type Offenders,
  OffendersState,
  openOffenders,
} from "../analyse/response/offenders.ts";
import type { Log } from "../core/log.ts";
import { stateFile } from "./state-file.ts";

/** Who was blocked, and how often, in a file that outlasts the daemon. */
export interface Repeating extends Offenders {
  /** What is due every second: to keep what is new. */
  tick(): void;
  close(): void;
}

interface Means {
  readonly statePath: string;
  readonly log: Log;
  readonly clock: () => number;
}

const contents = {
  schema: OffendersState,
  loss: "whoever was blocked before is blocked as for the first time",
};
const saveMilliseconds = 10_000;

export function openRepeating({ statePath, log, clock }: Means, escalation: Escalation): Repeating {
  const file = stateFile(join(statePath, "offenders.json"), contents, log);
  const offenders = openOffenders(escalation, clock, file.load()?.offenders);
  let savedAt = clock();
  let isNew = false;
  const save = () => {
    if (isNew) file.save(offenders.state());
    savedAt = clock();
    isNew = false;
  };
  return {
    ...offenders,
    note(whom, seconds) {
      offenders.note(whom, seconds);
      isNew = true;
    },
    forgive(addresses) {
      offenders.forgive(addresses);
      isNew = true;
    },
    pardon(networks) {
      offenders.pardon(networks);
      isNew = true;
    },
    tick() {
      if (isNew && Math.abs(clock() - savedAt) >= saveMilliseconds) save();
    },
    close: save,
  };
}
