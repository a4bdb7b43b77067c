import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { loadSettings } from "../config/load.ts";
import { type Paths, pathsBelow } from "../config/paths.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { serveControl } from "../integrity/serve/control.ts";
import { serveFindings, type Wake } from "../integrity/serve/findings.ts";
import { begin, rootFrom } from "./begin.ts";
import { IntegrityProcess } from "./integrity/process.ts";
import { listen, listenForOwner } from "./listen.ts";

/** One core walks and keeps the books. */
const threads = {
  script: new URL("./stockade-integrity-hashing.mjs", import.meta.url),
  most: Math.min(3, availableParallelism() - 1),
};

await begin("stockade-integrity", (log) => run(rootFrom("stockade-integrity"), log));

async function run(root: string, log: Log): Promise<void> {
  process.umask(0o077);
  process.stderr.on("error", () => {});
  const paths = pathsBelow(root, root);
  const { settings } = loadSettings(paths.settings);
  let wake: Wake = () => {};
  const means = { root, paths, log, threads, clock: Date.now, wake: () => wake() };
  const integrity = opened(() => new IntegrityProcess(means, settings), paths.integrityState);
  process.on("SIGHUP", () => reload(paths, integrity, log));
  const findings = createServer();
  const control = createServer({ allowHalfOpen: true });
  wake = serveFindings(findings, integrity.outbox, log);
  serveControl(control, integrity.answer, log);
  // The daemon's is for its group, the other one for root, whom no permission stops.
  await listen(findings, paths.findingsSocket, process.getegid?.() ?? 0);
  await listenForOwner(control, paths.integritySocket);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      for (const server of [findings, control]) server.close();
      void integrity.stop().then(() => process.exit(0));
    });
  }
  setInterval(() => integrity.tick(), 1000);
}

function opened<T>(open: () => T, folder: string): T {
  try {
    return open();
  } catch (thrown) {
    throw new Failure(`the baseline in "${folder}" cannot be opened: ${reasonOf(thrown)}`, {
      hint: "pgrep -af stockade-integrity: no second one may run; df and ls -l: it must have room and be its own",
      exitCode: 74,
      cause: thrown,
    });
  }
}

/** Wrong settings change nothing. */
function reload(paths: Paths, integrity: IntegrityProcess, log: Log): void {
  try {
    integrity.reload(loadSettings(paths.settings).settings).then(
      () => log.info("settings were read anew"),
      (fault: unknown) => log.error(`settings are not in force: ${reasonOf(fault)}`),
    );
  } catch (thrown) {
    log.error(`${reasonOf(thrown)}; the old settings stay in force`);
  }
}
