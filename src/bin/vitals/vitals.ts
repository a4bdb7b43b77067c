import { dirname, join } from "node:path";
import type { Paths } from "../../config/paths.ts";
import type { Log } from "../../core/log.ts";
import type { IntakeHealth } from "../intake.ts";
import { openRootNotes } from "../root-notes.ts";
import { stateFile } from "../state-file.ts";
import { deafness } from "./device.ts";
import { fullness, type LookAtDisk, openDisks } from "./disks.ts";
import { LogHabits, openLogVitals } from "./logs.ts";
import { disksNow } from "./mounted.ts";
import { type Missing, missingPrograms, startOf } from "./programs.ts";

/** Looks once a minute whether everything lives that Stockade stands on, and every second for what root's commands left to be told. */
export interface Vitals {
  /** Call it every second. What is to be told is said as messages of our own, until the end. */
  tick(sources: () => readonly IntakeHealth[], say: Say): Promise<void>;
  /** With how long a log has been silent, where that is unusual; milliseconds. */
  withSilence(
    sources: readonly IntakeHealth[],
  ): (IntakeHealth & { silentFor: number | undefined })[];
  close(): void;
}

type Say = (text: string) => void;

interface Means {
  readonly paths: Pick<
    Paths,
    "alertsLog" | "daemonState" | "root" | "rolledBack" | "selftestNote" | "signatureStatus"
  >;
  readonly log: Log;
  readonly clock: () => number;
  /** Tests say what they like. */
  readonly missing?: Missing;
  readonly look?: LookAtDisk;
  readonly mounted?: () => readonly string[];
  readonly deaf?: (root: string) => string | undefined;
}

const everyMilliseconds = 60_000;
const saveEvery = 10;
const contents = { schema: LogHabits, loss: "how often logs are written to is learned anew" };

export function openVitals({
  paths,
  log,
  clock,
  missing = missingPrograms,
  look = fullness,
  mounted = disksNow,
  deaf = deafness,
}: Means): Vitals {
  const file = stateFile(join(paths.daemonState, "habits.json"), contents, log);
  const logs = openLogVitals(file.load() ?? {}, clock);
  const folders = [
    dirname(paths.alertsLog),
    paths.daemonState,
    join(paths.root, "var/log/suricata"),
  ];
  const disks = openDisks(folders, mounted, look);
  const programs = openPrograms(missing);
  const ears = openEars(() => deaf(paths.root));
  const rootNotes = openRootNotes(paths, clock);
  let last = clock();
  let rounds = 0;
  let isClosed = false;
  return {
    async tick(sources, say) {
      rootNotes().forEach(say);
      if (Math.abs(clock() - last) < everyMilliseconds) return;
      last = clock();
      rounds += 1;
      logs.check(sources()).forEach(say);
      disks().forEach(say);
      ears().forEach(say);
      if (rounds % saveEvery === 0) file.save(logs.state());
      const signs = await programs();
      if (!isClosed) signs.forEach(say);
    },
    withSilence: (sources) =>
      sources.map((health) => ({ ...health, silentFor: logs.silentFor(health.name) })),
    close() {
      isClosed = true;
      file.save(logs.state());
    },
  };
}

/** A network that is being set up anew need not be told of: two looks. */
function openEars(deaf: () => string | undefined): () => string[] {
  let looks = 0;
  return () => {
    const word = deaf();
    const before = looks;
    looks = word === undefined ? 0 : looks + 1;
    if (looks === 2) return [`stockade: ${word}`];
    return before >= 2 && looks === 0
      ? ["stockade: in order again: Suricata watches the device of the default route"]
      : [];
  };
}

/** A program that does not run in two looks has not just been started anew. */
function openPrograms(missing: Missing): () => Promise<string[]> {
  const looks = new Map<string, number>();
  return async () => {
    const now = await missing();
    if (!now) return [];
    const back = [...looks].filter(([name]) => !now.includes(name));
    for (const [name] of back) looks.delete(name);
    for (const name of now) looks.set(name, (looks.get(name) ?? 0) + 1);
    const dead = [...looks].filter(([, times]) => times === 2);
    return [
      ...dead.map(([name]) => `stockade: ${name} does not run: ${startOf(name)}`),
      ...back
        .filter(([, times]) => times >= 2)
        .map(([name]) => `stockade: in order again: ${name} runs`),
    ];
  };
}
