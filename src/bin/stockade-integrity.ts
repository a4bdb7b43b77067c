import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { loadSettings } from "../config/load.ts";
import { type Paths, pathsBelow } from "../config/paths.ts";
import { Failure, mistakesIn, reasonOf } from "../core/failure.ts";
import { logTo } from "../core/log.ts";
import { serveControl } from "../integrity/serve/control.ts";
import { serveFindings, type Wake } from "../integrity/serve/findings.ts";
import { IntegrityProcess } from "./integrity/process.ts";

const underSystemd = process.env["JOURNAL_STREAM"] !== undefined;
const log = logTo("stockade-integrity", (text) => process.stderr.write(text), underSystemd);
/** One core walks and keeps the books. */
const threads = {
  script: new URL("./stockade-integrity-hashing.mjs", import.meta.url),
  most: Math.min(3, availableParallelism() - 1),
};

try {
  const { values } = parseArgs({ options: { root: { type: "string", default: "/" } } });
  await run(values.root);
} catch (thrown) {
  if (!(thrown instanceof Failure)) throw thrown;
  for (const { message, hint } of mistakesIn(thrown)) {
    log.error(message);
    if (hint) log.error(`hint: ${hint}`);
  }
  process.exit(thrown.exitCode);
}

async function run(root: string): Promise<void> {
  process.umask(0o077);
  process.stderr.on("error", () => {});
  const paths = pathsBelow(root, root);
  let wake: Wake = () => {};
  const means = { root, paths, log, threads, clock: Date.now, wake: () => wake() };
  const integrity = new IntegrityProcess(means, loadSettings(paths.settings).settings);
  const servers = await serve(paths, integrity, (made) => {
    wake = made;
  });
  process.on("SIGHUP", () => reload(paths, integrity));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      for (const server of servers) server.close();
      void integrity.stop().then(() => process.exit(0));
    });
  }
  setInterval(() => integrity.tick(), 1000);
}

/** Wrong settings change nothing. */
function reload(paths: Paths, integrity: IntegrityProcess): void {
  try {
    integrity.reload(loadSettings(paths.settings).settings).then(
      () => log.info("settings were read anew"),
      (fault: unknown) => log.error(`settings are not in force: ${reasonOf(fault)}`),
    );
  } catch (thrown) {
    log.error(`${reasonOf(thrown)}; the old settings stay in force`);
  }
}

/** The daemon's socket is for its group, the other one for root, whom no permission stops. */
async function serve(
  { findingsSocket, integritySocket }: Paths,
  integrity: IntegrityProcess,
  ready: (wake: Wake) => void,
): Promise<Server[]> {
  const findings = createServer();
  const control = createServer({ allowHalfOpen: true });
  ready(serveFindings(findings, integrity.outbox, log));
  serveControl(control, integrity.answer, log);
  await listen(findings, findingsSocket, 0o117);
  await listen(control, integritySocket, 0o177);
  return [findings, control];
}

async function listen(server: Server, path: string, umask: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const before = process.umask(umask);
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  process.umask(before);
  await listening.catch((error: unknown) => {
    throw new Failure(`cannot listen on "${path}": ${reasonOf(error)}`, { exitCode: 69 });
  });
}
