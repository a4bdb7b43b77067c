import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Paths, pathsBelow } from "../config/paths.ts";
import type { RespondSettings } from "../config/settings.ts";
import { systemFacts } from "../config/untouchables/facts.ts";
import { keepList } from "../config/untouchables/kept-list.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { activeResponsesLog, zoneFrom } from "../respond/active-responses.ts";
import { answer } from "../respond/execute/answer.ts";
import { caller } from "../respond/execute/call.ts";
import { custom } from "../respond/execute/custom.ts";
import { disableAccount } from "../respond/execute/disable-account.ts";
import { Executions } from "../respond/execute/executions.ts";
import { executionsFile } from "../respond/execute/executions-file.ts";
import { serve } from "../respond/execute/serve.ts";
import { groupNumber } from "../respond/group.ts";
import { createGuard } from "../respond/guard.ts";
import { settingsSource } from "../respond/last-good.ts";
import { namesFile } from "../respond/names-file.ts";
import { run } from "../respond/run.ts";
import type { Sessions } from "../respond/sessions.ts";
import { systemClocks } from "../respond/steady-clock.ts";
import { begin } from "./begin.ts";
import { isHandedOver, listen } from "./listen.ts";

/** A program of the admin's may take so long. */
const programSeconds = 30;
/** What must not be touched is computed anew when it is older than this. */
const freshMilliseconds = 60_000;
/** A resolver that is away must not hold a command up; then the last addresses of names count. */
const patienceMilliseconds = 3000;
/** Started by its socket, the process ends after so long with nothing to do. */
const idleMilliseconds = 10_000;

await begin("stockade-execute", (log) => {
  const { root, undo } = optionsFrom(process.argv.slice(2));
  return undo ? undoAll(root, log) : main(root, log);
});

function optionsFrom(args: string[]): { root: string; undo: boolean } {
  const root = { type: "string", default: "/" } as const;
  const undo = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ args, options: { root, undo } }).values;
  } catch (error) {
    throw new Failure(reasonOf(error), {
      hint: "usage: stockade-execute [--root DIR] [--undo]",
      exitCode: 64,
    });
  }
}

async function main(root: string, log: Log): Promise<void> {
  const paths = pathsBelow(root, root);
  const knowledge = await openKnowledge(paths, log);
  const executions = await openExecutions(root, paths, log);
  const server = createServer();
  let lastOrderAt = performance.now();
  serve(
    server,
    async (order) => {
      lastOrderAt = performance.now();
      const { settings, guard } = await knowledge();
      return answer(order, { settings, guard, executions, now: systemClocks.wall });
    },
    log,
  );
  const left = await executions.restore();
  log.info(`ready, ${left} commands are to be undone`);
  const end = () => void endOf(server, executions);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  // The settings are read with each order anyway.
  process.on("SIGHUP", () => undefined);
  const group = (await groupNumber("stockade")) ?? process.getegid?.() ?? 0;
  await listen(server, paths.executeSocket, group);
  if (!isHandedOver()) return;
  const timer = setInterval(() => {
    if (!executions.isIdle || performance.now() - lastOrderAt < idleMilliseconds) return;
    clearInterval(timer);
    end();
  }, 1000);
}

/** The settings and what must not be touched, as they are now: both are asked for with each order. */
async function openKnowledge(paths: Paths, log: Log) {
  const kept = (name: string) => join(paths.executeState, name);
  const source = settingsSource(paths.respondSettings, kept("settings.json"), log);
  const names = namesFile(kept("names.json"), log);
  const list = keepList({
    facts: systemFacts(paths.allowed, paths.root),
    log,
    names: await names.load(),
    keep: names.save,
  });
  // Who is logged in by key the daemon knows, and orders nothing about.
  const nobody: Sessions = { untouchables: () => [], replace: async () => undefined };
  const guard = createGuard(list, nobody);
  let settings: RespondSettings = await source.first();
  let whiteList = "";
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let refreshed: Promise<unknown> = Promise.resolve();
  return async () => {
    settings = await source.again().catch((error: unknown) => {
      log.error(`${reasonOf(error)}; the old settings stay`);
      return settings;
    });
    const wanted = JSON.stringify(settings.whiteList);
    const isOld = performance.now() - refreshedAt > freshMilliseconds;
    if (isOld || wanted !== whiteList) {
      whiteList = wanted;
      refreshedAt = performance.now();
      const patience = sleep(patienceMilliseconds, undefined, { ref: false });
      refreshed = Promise.race([list.refresh(settings.whiteList), patience]);
    }
    // Whoever comes while it is under way waits as well.
    await refreshed;
    return { settings, guard };
  };
}

async function openExecutions(root: string, paths: Paths, log: Log): Promise<Executions> {
  const call = caller(programSeconds);
  const accounts = disableAccount(root, call, systemClocks.wall, log);
  const customs = custom(paths.executables, call, log);
  const group = (await groupNumber("stockade")) ?? process.getegid?.() ?? 0;
  return new Executions({
    programOf: (executable) => (executable === "disable-account" ? accounts : customs),
    file: executionsFile(paths.executions, log),
    journal: activeResponsesLog(paths.activeResponsesLog, group, zoneFrom(run), log),
    clocks: systemClocks,
    log,
  });
}

/** For whoever takes Stockade off: all is undone now, and the process ends. */
async function undoAll(root: string, log: Log): Promise<void> {
  const executions = await openExecutions(root, pathsBelow(root, root), log);
  await executions.restore();
  const undone = await executions.end();
  await executions.close();
  log.info(`${undone.length} commands were undone`);
}

/** Undoes nothing: the next life does, on time. */
async function endOf(server: Server, executions: Executions): Promise<void> {
  server.close();
  await executions.close();
  process.exit(0);
}
