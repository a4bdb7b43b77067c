import type { Counts } from "../core/block.ts";
import type { Identity } from "./identity.ts";
import type { DaemonStatus } from "./status-file.ts";

/** What the daemon says of itself, and the responder's counts where it answers. */
interface Facts {
  readonly server: Identity;
  readonly status: DaemonStatus;
  readonly blocks: Counts | undefined;
}

type Labels = Readonly<Record<string, string>>;
/** Undefined is not known, and not written. */
type Sample = readonly [value: number | undefined, labels?: Labels];
type Metric = readonly [name: string, help: string, samples: (facts: Facts) => readonly Sample[]];
type Source = DaemonStatus["sources"][number];

const one =
  (value: (facts: Facts) => number | undefined) =>
  (facts: Facts): Sample[] => [[value(facts)]];
const perSource =
  (value: (source: Source) => number | undefined) =>
  ({ status }: Facts): Sample[] =>
    status.sources.map((source) => [value(source), { source: source.name }]);
const inSeconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

/** Names end as Prometheus wants it: "_total" is a counter, all else a gauge. */
const metrics: readonly Metric[] = [
  [
    "server_info",
    "Which server this is: its name, and the id that stays its own.",
    ({ server }) => [[1, { id: server.id ?? "", name: server.name }]],
  ],
  [
    "start_time_seconds",
    "When the daemon started.",
    one(({ status }) => inSeconds(status.startedAt)),
  ],
  [
    "written_time_seconds",
    "When this was written.",
    one(({ status }) => inSeconds(status.writtenAt)),
  ],
  ["rules", "Rules in force.", one(({ status }) => status.rules)],
  ["signatures", "Suricata's signatures that are known.", one(({ status }) => status.signatures)],
  ["lines_total", "Lines judged.", one(({ status }) => status.lines)],
  ["alerts_total", "Alerts raised.", one(({ status }) => status.alerts)],
  ["mails_total", "Alerts for mail.", one(({ status }) => status.mails)],
  [
    "block_requests_total",
    "Blocks wished for, by what became of them.",
    ({ status }) => Object.entries(status.blocks).map(([outcome, count]) => [count, { outcome }]),
  ],
  ["blocks", "Blocks in force.", one(({ blocks }) => blocks?.blocks)],
  [
    "blocked_networks",
    "Addresses and networks that are blocked.",
    one(({ blocks }) => blocks?.networks),
  ],
  [
    "responder_up",
    "Whether the responder answers.",
    one(({ status }) => Number(status.responderConnected)),
  ],
  [
    "observing",
    "Whether nobody is blocked at all.",
    one(({ status }) => Number(status.observing.all)),
  ],
  [
    "breaker_trips",
    "What the circuit breaker has stopped.",
    one(({ status }) => status.trips.length),
  ],
  ["mail_unsent", "Mails that no server has taken yet.", one(({ status }) => status.mail.unsent)],
  [
    "mail_failing",
    "Whether mail does not leave.",
    one(({ status }) => Number(status.mail.problem !== undefined)),
  ],
  [
    "mail_last_sent_time_seconds",
    "When a mail was last taken.",
    one(({ status }) => inSeconds(status.mail.lastSentAt)),
  ],
  [
    "source_up",
    "Whether a log is followed.",
    perSource(({ state }) => Number(state === "following")),
  ],
  ["source_lines_total", "Lines of a log.", perSource(({ lines }) => lines)],
  ["source_unparsed_total", "Lines that no decoder knew.", perSource(({ unparsed }) => unparsed)],
  [
    "source_silent_seconds",
    "How long a log is silent, where unusual.",
    perSource(({ silentFor }) => inSeconds(silentFor ?? 0)),
  ],
  [
    "source_last_line_time_seconds",
    "When the last line came.",
    perSource(({ lastAt }) => inSeconds(lastAt)),
  ],
];

/** All of it in Prometheus' text format, as node_exporter's textfile collector reads it. */
export function metricsOf(
  status: DaemonStatus,
  blocks: Counts | undefined,
  server: Identity,
): string {
  const lines = metrics.flatMap((metric) => linesOf(metric, { server, status, blocks }));
  return lines.map((line) => `${line}\n`).join("");
}

function linesOf([short, help, samples]: Metric, facts: Facts): string[] {
  const name = `stockade_${short}`;
  const rows = samples(facts).flatMap(([value, labels]) =>
    value === undefined ? [] : [`${name}${labelled(labels)} ${value}`],
  );
  if (rows.length === 0) return [];
  const type = name.endsWith("_total") ? "counter" : "gauge";
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...rows];
}

function labelled(labels: Labels = {}): string {
  const each = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return each.length === 0 ? "" : `{${each.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
