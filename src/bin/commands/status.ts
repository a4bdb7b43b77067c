import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import type { Counts } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { rearmCommand, tripText } from "../breaking.ts";
import { type Identity, identityOf } from "../identity.ts";
import { metricsOf } from "../metrics.ts";
import { settingsHistory } from "../settings-history.ts";
import { type DaemonStatus, readStatus } from "../status-file.ts";
import { deafness } from "../vitals/device.ts";
import { fullness } from "../vitals/disks.ts";
import { type Context, contextOf, withResponder } from "./command.ts";
import { runs } from "./services.ts";
import { sourceRows } from "./source-rows.ts";
import { localTime, span, table } from "./table.ts";

/** What protects and what does not, as `stockade status` and all that build on it see it. */
export interface Status {
  readonly server: Identity;
  readonly daemon: DaemonStatus | undefined;
  /** Undefined when the responder does not answer. */
  readonly blocks: Counts | undefined;
  /** What the responder says of itself. */
  readonly shortcomings: readonly string[];
  readonly suricata: boolean;
  readonly postfix: boolean;
  /** What is wrong, each with what to do. */
  readonly problems: readonly string[];
}

/** `stockade status`: what protects, what does not and what to do. Exit code 0 when everything protects, else 1. */
export async function status(options: unknown): Promise<void> {
  const context = contextOf(options);
  const found = await look(context);
  if (Options.parse(options).metrics) return sayMetrics(context, found);
  if (context.json) context.say(JSON.stringify({ ok: found.problems.length === 0, ...found }));
  else for (const line of page(found)) context.say(line);
  if (found.problems.length > 0) process.exitCode = 1;
}

const Options = z.object({ metrics: z.boolean().default(false) });

/** As of now, where the file is written once a minute. */
function sayMetrics({ say }: Context, { server, daemon, blocks }: Status): void {
  if (!daemon)
    throw new Failure("the daemon does not run", { hint: "stockade start", exitCode: 69 });
  say(metricsOf(daemon, blocks, server).trimEnd());
}

/** Looks at the processes: nothing is asked of them but how they are. Never throws. */
export async function look(context: Context): Promise<Status> {
  const written = readStatus(context.paths.daemonStatus);
  const daemon = written && runs(written.pid, "stockaded.mjs") ? written : undefined;
  const reply = existsSync(context.paths.respondSocket) ? await askResponder(context) : undefined;
  const programs = runningPrograms();
  const facts = {
    server: identityOf(context.paths),
    daemon,
    blocks: reply?.counts,
    shortcomings: reply?.problems ?? [],
    suricata: programs.has("Suricata-Main") || programs.has("suricata"),
    postfix: programs.has("master"),
  };
  const problems = [...problemsOf(facts), ...waitingIn(context), ...surroundings(context)];
  return { ...facts, problems };
}

/** A disk without room, and a Suricata that watches a device that is not there any more. */
function surroundings({ root, paths }: Context): string[] {
  const folders = [dirname(paths.daemonState), dirname(dirname(paths.alertsLog))];
  const full = folders.filter((folder) => (fullness(folder)?.share ?? 0) > noRoom);
  const deaf = deafness(root);
  return [
    ...full.map(
      (folder) =>
        `the disk of ${folder} is full: blocks and mail go on, what is to be written waits in memory; make room`,
    ),
    ...(deaf === undefined ? [] : [deaf]),
  ];
}

/** Of a disk; programs other than root's have less. */
const noRoom = 0.995;

async function askResponder(context: Context) {
  try {
    const ask = withResponder(context, (responder) => responder.ask({ verb: "count" }, 2000));
    const reply = await ask;
    return reply.ok ? reply : undefined;
  } catch {
    // Nobody answers, or this user may not ask: the page says so.
    return undefined;
  }
}

/** Root alone may look. */
function waitingIn({ paths }: Context): string[] {
  try {
    const history = settingsHistory(paths);
    if (history.isReturning() || history.isReturned() || history.problem() !== undefined) {
      return ["settings of before have not come back wholly yet: stockade rollback"];
    }
    const waiting = history.waiting();
    if (!waiting) return [];
    const when = localTime(waiting.until);
    return [`the settings of before come back at ${when}, unless you say: stockade confirm`];
  } catch {
    // Somebody else's to see.
    return [];
  }
}

/** The names of all running programs, from /proc/PID/comm. */
function runningPrograms(): Set<string> {
  const names = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      } catch {
        // The process ended while we looked.
        return "";
      }
    });
  return new Set(names);
}

function problemsOf(facts: Omit<Status, "problems">): string[] {
  const { daemon, blocks, shortcomings, suricata, postfix } = facts;
  const missing: [boolean, string][] = [
    [!daemon, "the daemon does not run: stockade start"],
    [!blocks, "the responder does not answer, nobody can be blocked: stockade start (as root)"],
    [!suricata, "Suricata does not run, the wire is not watched: systemctl start suricata"],
    [!postfix, "Postfix does not run, mail waits: systemctl start postfix"],
  ];
  const here = missing.flatMap(([isMissing, problem]) => (isMissing ? [problem] : []));
  return [...here, ...shortcomings, ...(daemon ? daemonProblems(daemon) : [])].map(printable);
}

/** The daemon writes its status every two seconds; longer than this it is stuck. */
const stuckMilliseconds = 15_000;

function daemonProblems({ problem, mail, trips, sources, writtenAt, pid }: DaemonStatus): string[] {
  const silent = Date.now() - writtenAt;
  const stuck = silent > stuckMilliseconds;
  const hang = stuck
    ? [`the daemon (pid ${pid}) is stuck for ${span(silent)}: stockade restart`]
    : [];
  const reload = problem === undefined ? [] : [`the last reload was refused: ${problem}`];
  const stopped = trips.map(
    (trip) =>
      `${tripText(trip)}, at ${localTime(trip.at)}; it only observes: ${rearmCommand(trip)}`,
  );
  const post = mail.problem === undefined ? [] : [`mail does not leave: ${mail.problem}`];
  const logs = sources
    .filter(({ state, problem }) => state === "failed" || (state === "following" && problem))
    .map((source) => `${source.name}: ${source.problem ?? "cannot be read"}`);
  return [...hang, ...reload, ...stopped, ...post, ...logs];
}

function page({ server, daemon, blocks, suricata, postfix, problems }: Status): string[] {
  const now = Date.now();
  const rows = [
    ["server", `${printable(server.name)}, ${server.id ?? "without an identity yet"}`],
    [
      "daemon",
      daemon
        ? `running for ${span(now - daemon.startedAt)}, ${daemon.rules} rules, ${daemon.signatures} signatures`
        : "not running",
    ],
    ["responder", blocks ? `running, ${inForce(blocks)}` : "not answering"],
    ["Suricata", suricata ? "running" : "not running"],
    ["Postfix", postfix ? "running" : "not running"],
    ...(daemon ? daemonRows(daemon, now) : []),
  ];
  const head = problems.length === 0 ? "stockade protects this server" : "stockade needs attention";
  const list = problems.map((problem) => `  ! ${problem}`);
  return [head, ...table(rows.map((row) => ["", ...row])), ...list];
}

/** "12 blocks in force of 10 addresses, 2 of them by hand" */
function inForce({ blocks, networks, byHand }: Counts): string {
  const own = byHand === 0 ? "" : `, ${byHand} of them by hand`;
  const many = blocks === 1 ? "1 block" : `${blocks} blocks`;
  const whose = networks === 1 ? "1 address" : `${networks} addresses`;
  return `${many} in force of ${whose}${own}`;
}

function daemonRows(daemon: DaemonStatus, now: number): string[][] {
  const { waiting, unsent, lastSentAt } = daemon.mail;
  const sent =
    lastSentAt === undefined ? "none sent yet" : `last sent ${span(now - lastSentAt)} ago`;
  return [
    ["seen", `${daemon.lines} lines, ${daemon.alerts} alerts, ${daemon.mails} for mail`],
    ["mail", `${sent}, ${waiting + unsent} waiting`],
    ...observingRows(daemon),
    ...sourceRows(daemon.sources, now),
  ];
}

/** Nothing where all that is asked for is blocked. */
function observingRows({ observing, blocks }: DaemonStatus): string[][] {
  const { all, rules, last } = observing;
  if (!all && rules.length === 0 && !blocks.observed) return [];
  const what = all ? "everything: nobody is blocked" : `rules ${rules.join(", ") || "none now"}`;
  return [
    ["observing", `${what}; ${blocks.observed ?? 0} would have been blocked`],
    ...(last === undefined ? [] : [["", printable(last)]]),
  ];
}
